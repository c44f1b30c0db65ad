#[derive(countersign::EventCatalog)]
#[event("a")]
union Catalog {
    a: u8,
}

fn main() {}
