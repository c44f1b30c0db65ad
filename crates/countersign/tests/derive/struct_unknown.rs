#[derive(countersign::EventCatalog)]
#[event(unknown)]
struct Catalog {
    a: u8,
}

fn main() {}
