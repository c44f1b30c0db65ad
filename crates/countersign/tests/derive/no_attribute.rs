#[derive(countersign::EventCatalog)]
enum Catalog {
    A,
    #[event(unknown)]
    Unknown(countersign::UnknownEvent),
}

fn main() {}
