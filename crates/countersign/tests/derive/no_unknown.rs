#[derive(countersign::EventCatalog)]
enum Catalog {
    #[event("a")]
    A,
}

fn main() {}
