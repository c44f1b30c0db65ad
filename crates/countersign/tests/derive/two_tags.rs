#[derive(countersign::EventCatalog)]
enum Catalog {
    #[event("a")]
    A,
    #[event("b", "a")]
    B,
    #[event(unknown)]
    Unknown(countersign::UnknownEvent),
}

fn main() {}
