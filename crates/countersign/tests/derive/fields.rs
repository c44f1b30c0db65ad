#[derive(countersign::EventCatalog)]
enum Catalog {
    #[event("a")]
    A(u8, u8),
    #[event(unknown)]
    Unknown(countersign::UnknownEvent),
}

fn main() {}
