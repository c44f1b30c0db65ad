//! Measures the time to decode a typed event, as a multiple of `serde_json` alone for the same struct.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Delivery, Event, Head, UnixTime};
use countersign_benches::invoice::{Billing, BorrowedEnvelope, Envelope, Order, body};
use countersign_benches::operation::Operation;
use countersign_benches::race::race;
use countersign_benches::sample::Sender;
use countersign_benches::table::Table;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (slot, total) = if quick { (100, 300) } else { (1_000, 5_000) };
    let columns = ["ratio", "borrowed", "ns"];
    let mut table = Table::new("Event::decode, id and type: times serde_json::from_slice", columns);
    for size in [1 << 10, 64 << 10] {
        for order in [Order::TypeFirst, Order::TypeLast] {
            let text = Bytes::from(body(size, order));
            let name = format!("{} bytes, {order:?}", text.len());
            let mut operations = [bare(text.clone()), borrowed(text.clone()), ours(&delivery(text))];
            let times = race(&mut operations, Duration::from_micros(slot), Duration::from_millis(total));
            let ratios = [times.ratio(2, 0), times.ratio(2, 1)].map(|ratio| format!("{ratio:.3}"));
            table.push(name, ratios.into_iter().chain([format!("{:.0}", times.median(2))]));
        }
    }
    println!("{table}\nratio: to an envelope of owned strings; borrowed: to an envelope of `&str`");
}

fn bare(text: Bytes) -> Operation {
    Operation::new("bare", move || serde_json::from_slice::<Envelope>(black_box(&text)).unwrap())
}

fn borrowed(text: Bytes) -> Operation {
    Operation::new("borrowed", move || {
        drop(serde_json::from_slice::<BorrowedEnvelope<'_>>(black_box(&text)).unwrap())
    })
}

/// The time includes copying the delivery, so that its fields are looked up again each time.
fn ours(delivery: &Delivery) -> Operation {
    let delivery = delivery.clone();
    Operation::new("ours", move || {
        let event = Event::<Billing>::decode(black_box(&delivery).clone()).unwrap();
        assert!(matches!(event.data, Billing::Paid(_)));
        black_box((event.delivery.id(), event.delivery.event_type()));
        event
    })
}

fn delivery(text: Bytes) -> Delivery {
    let now = UnixTime::from_secs(1_700_000_000);
    let sender = Sender::find("stripe").unwrap();
    let sample = sender.sign(text, now);
    sender.verifier().verify(&Head::new(&sample.headers), sample.body.clone(), now).unwrap()
}
