//! Typical events of billing providers: strings, numbers, arrays of objects.

use countersign::{EventCatalog, UnknownEvent};
use serde::{Deserialize, Serialize};

/// The type that a receiver declares for this crate.
#[derive(Debug, EventCatalog)]
pub enum Billing {
    /// An invoice was paid.
    #[event("invoice.paid")]
    Paid(Invoice),
    /// An invoice was voided.
    #[event("invoice.voided")]
    Voided(Invoice),
    /// Any other type.
    #[event(unknown)]
    Other(UnknownEvent),
}

/// The type that a receiver declares for `serde_json` alone.
#[derive(Debug, Deserialize)]
pub struct Envelope {
    /// The id of the event.
    pub id: String,
    /// The type of the event.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The time of the event.
    pub created_at: String,
    /// The data of the event.
    pub data: Invoice,
}

/// The envelope without copies of its texts.
#[derive(Debug, Deserialize)]
pub struct BorrowedEnvelope<'a> {
    /// The id of the event.
    pub id: &'a str,
    /// The type of the event.
    #[serde(rename = "type")]
    pub event_type: &'a str,
    /// The time of the event.
    pub created_at: &'a str,
    /// The data of the event.
    pub data: Invoice,
}

/// An invoice.
#[derive(Debug, Deserialize, Serialize)]
pub struct Invoice {
    /// The display number.
    pub number: String,
    /// The currency in ISO 4217.
    pub currency: String,
    /// The total in minor units.
    pub total: i64,
    /// The customer.
    pub customer: Customer,
    /// The lines.
    pub lines: Vec<Line>,
}

/// The customer of an invoice.
#[derive(Debug, Deserialize, Serialize)]
pub struct Customer {
    /// The sender's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Free labels.
    pub labels: Vec<String>,
}

/// A line of an invoice.
#[derive(Debug, Deserialize, Serialize)]
pub struct Line {
    /// The description.
    pub description: String,
    /// The quantity.
    pub quantity: u32,
    /// The price in minor units.
    pub unit_price: i64,
    /// The tax rate in per cent.
    pub tax_rate: f64,
    /// The period: from and to, in seconds since the epoch.
    pub period: [u64; 2],
}

/// The position of the type in a body.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// Before the data.
    TypeFirst,
    /// After the data.
    TypeLast,
}

/// Returns a body of about `size` bytes.
#[must_use]
pub fn body(size: usize, order: Order) -> String {
    let mut lines = 1;
    loop {
        let text = with_lines(lines, order);
        if text.len() >= size {
            return text;
        }
        lines += u32::try_from((size - text.len()) / 160).unwrap().max(1);
    }
}

fn with_lines(lines: u32, order: Order) -> String {
    let invoice = Invoice {
        number: "INV-2026-004711".to_owned(),
        currency: "EUR".to_owned(),
        total: i64::from(lines) * 1990,
        customer: Customer {
            id: "cus_9s6XKzkNRiz8i3".to_owned(),
            name: "Müller & Söhne \"Bau\" GmbH".to_owned(),
            email: Some("billing@example.com".to_owned()),
            labels: ["wholesale", "eu", "net-30"].map(String::from).to_vec(),
        },
        lines: (0..lines).map(line).collect(),
    };
    let data = serde_json::to_string(&invoice).unwrap();
    let head = r#""id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","type":"invoice.paid""#;
    let created = r#""created_at":"2026-11-22T10:11:12Z""#;
    match order {
        Order::TypeFirst => format!(r#"{{{head},{created},"data":{data}}}"#),
        Order::TypeLast => format!(r#"{{{created},"data":{data},{head}}}"#),
    }
}

fn line(index: u32) -> Line {
    Line {
        description: format!("Seat {index}, monthly, pro rata"),
        quantity: index % 7 + 1,
        unit_price: 1990,
        tax_rate: 19.5,
        period: [1_763_769_600, 1_766_361_600],
    }
}
