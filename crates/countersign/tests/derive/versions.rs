use countersign::{EventCatalog, UnknownEvent};

#[derive(EventCatalog)]
enum Earlier {
    #[event("a", earlier(1 = u8))]
    A(u16),
    #[event(unknown)]
    Other(UnknownEvent),
}

#[derive(EventCatalog)]
enum Twice {
    #[event("a", version = 2, earlier(2 = u8))]
    A(u16),
    #[event(unknown)]
    Other(UnknownEvent),
}

#[derive(EventCatalog)]
enum NoData {
    #[event("a", version = 2, earlier(1 = u8))]
    A,
    #[event(unknown)]
    Other(UnknownEvent),
}

#[derive(EventCatalog)]
#[event("a", versions = 2)]
struct Misspelt;

#[derive(EventCatalog)]
#[event("a", version = 2.5)]
struct Fraction;

fn main() {}
