#[derive(countersign::EventCatalog)]
struct Catalog;

fn main() {}
