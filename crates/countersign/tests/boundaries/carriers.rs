//! The places of a request that contain values, to read and to change.

use serde_json::Value;

use crate::fixtures::Fixture;

/// A place of a request that contains a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Carrier {
    Header(usize),
    Url,
    QueryName(usize),
    Query(usize),
    Body,
    FormName(usize),
    FormValue(usize),
    Json(String),
}

pub(crate) fn carriers(fixture: &Fixture) -> Vec<Carrier> {
    let content = fixture.verifier.provider().scheme.content.as_str();
    let mut carriers: Vec<Carrier> = (0..fixture.headers.0.len()).map(Carrier::Header).collect();
    carriers.extend((0..query(fixture).len()).flat_map(|at| [Carrier::QueryName(at), Carrier::Query(at)]));
    carriers.push(Carrier::Body);
    carriers.extend(fixture.url.is_some().then_some(Carrier::Url));
    if content.contains("{form:") {
        let fields = 0..form(&fixture.body).len();
        carriers.extend(fields.flat_map(|at| [Carrier::FormName(at), Carrier::FormValue(at)]));
    }
    if content.contains("{json")
        && let Ok(value) = serde_json::from_slice(&fixture.body)
    {
        scalars(&value, "", &mut carriers);
    }
    carriers
}

fn scalars(value: &Value, at: &str, found: &mut Vec<Carrier>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| scalars(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| scalars(value, &format!("{at}/{index}"), found));
        }
        Value::String(_) | Value::Number(_) => found.push(Carrier::Json(at.to_owned())),
        _ => {}
    }
}

fn form(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

pub(crate) fn query(fixture: &Fixture) -> Vec<(String, String)> {
    form(fixture.target.split_once('?').map_or("", |(_, query)| query).as_bytes())
}

pub(crate) fn encode(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn get(fixture: &Fixture, carrier: &Carrier) -> Vec<u8> {
    match carrier {
        Carrier::Header(at) => fixture.headers.0[*at].1.clone(),
        Carrier::Url => fixture.url.clone().unwrap().into_bytes(),
        Carrier::QueryName(at) => query(fixture)[*at].0.clone().into_bytes(),
        Carrier::Query(at) => query(fixture)[*at].1.clone().into_bytes(),
        Carrier::Body => fixture.body.clone(),
        Carrier::FormName(at) => form(&fixture.body)[*at].0.clone().into_bytes(),
        Carrier::FormValue(at) => form(&fixture.body)[*at].1.clone().into_bytes(),
        Carrier::Json(at) => {
            let value: Value = serde_json::from_slice(&fixture.body).unwrap();
            match value.pointer(at).unwrap() {
                Value::String(text) => text.clone().into_bytes(),
                other => other.to_string().into_bytes(),
            }
        }
    }
}

/// Returns the fixture with another value at this place, or `None` if it cannot be sent.
pub(crate) fn with(mut fixture: Fixture, carrier: &Carrier, value: &[u8]) -> Option<Fixture> {
    let text = || String::from_utf8(value.to_vec()).ok();
    match carrier {
        Carrier::Header(at) => {
            value.iter().all(|byte| *byte >= b' ').then_some(())?;
            fixture.headers.0[*at].1 = value.to_vec();
        }
        Carrier::Url => {
            let url = text()?;
            fixture.target = url.get("https://hooks.example.com".len()..)?.to_owned();
            fixture.url = Some(url);
        }
        Carrier::QueryName(at) | Carrier::Query(at) => {
            let mut fields = query(&fixture);
            let field = fields.get_mut(*at)?;
            *(if matches!(carrier, Carrier::QueryName(_)) { &mut field.0 } else { &mut field.1 }) = text()?;
            let (path, old) = fixture.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            fixture.url = fixture.url.map(|url| url.replace(old, &encode(&fields)));
            fixture.target = target;
        }
        Carrier::Body => fixture.body = value.to_vec(),
        Carrier::FormName(at) | Carrier::FormValue(at) => {
            let mut fields = form(&fixture.body);
            let field = fields.get_mut(*at)?;
            *(if matches!(carrier, Carrier::FormName(_)) { &mut field.0 } else { &mut field.1 }) = text()?;
            fixture.body = encode(&fields).into_bytes();
        }
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&fixture.body).ok()?;
            let place = body.pointer_mut(at)?;
            let text = text()?;
            *place = match text.parse::<u32>() {
                Ok(number) if place.is_number() && text == number.to_string() => number.into(),
                _ => text.into(),
            };
            fixture.body = body.to_string().into_bytes();
        }
    }
    Some(fixture)
}

/// Returns the fixture without the value.
pub(crate) fn without(mut fixture: Fixture, carrier: &Carrier) -> Option<Fixture> {
    match carrier {
        Carrier::Header(at) => drop(fixture.headers.0.remove(*at)),
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&fixture.body).ok()?;
            let (parent, name) = at.rsplit_once('/')?;
            body.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
            fixture.body = body.to_string().into_bytes();
        }
        Carrier::FormName(at) => {
            let mut fields = form(&fixture.body);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            fixture.body = encode(&fields).into_bytes();
        }
        Carrier::QueryName(at) => {
            let mut fields = query(&fixture);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            let (path, old) = fixture.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            fixture.url = fixture.url.map(|url| url.replace(old, &encode(&fields)));
            fixture.target = target;
        }
        _ => return None,
    }
    Some(fixture)
}
