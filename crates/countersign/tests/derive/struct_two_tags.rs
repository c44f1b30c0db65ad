#[derive(countersign::EventCatalog)]
#[event("a", "b", "a")]
struct Catalog;

fn main() {}
