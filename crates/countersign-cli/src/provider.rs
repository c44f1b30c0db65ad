//! `countersign provider`

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use clap::Args;
use countersign::scheme::Scheme;
use countersign::{Confidence, ConfigWarning, Coverage, Placement, Provider};
use countersign_testkit::simulators::Sample;

use crate::args::read_declaration;
use crate::described::{algorithm, handshakes, limited, provider_scope, retried, timestamp, trust, written};
use crate::error::CliError;
use crate::example::{Example, Framework};
use crate::output::{self, BAD, Cell, DIM, GOOD, STRONG, Table, UNSURE, word};
use crate::{Outcome, catalogue, facts};

#[derive(Args)]
pub(crate) struct ProviderArgs {
    /// Slug of the provider, for example `stripe`
    #[arg(required_unless_present = "scheme")]
    pub(crate) slug: Option<String>,
    /// A declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "slug")]
    pub(crate) scheme: Option<PathBuf>,
    /// Print the declaration in the format of `--scheme`
    #[arg(long)]
    pub(crate) json: bool,
    /// Print a program that receives its webhooks
    #[arg(long, value_name = "FRAMEWORK", conflicts_with = "json")]
    pub(crate) example: Option<Framework>,
}

pub(crate) fn run(args: &ProviderArgs) -> Result<Outcome, CliError> {
    let provider = match (&args.slug, &args.scheme) {
        (_, Some(path)) => Cow::Owned(read_declaration(path)?),
        (slug, None) => Cow::Borrowed(catalogue::find(slug.as_deref().unwrap_or_default())?),
    };
    let provider = &*provider;
    if let Some(framework) = args.example {
        output::text(&Example::new(provider, args.scheme.as_deref()).program(framework))?;
    } else if args.json {
        output::json_for_files(provider)?;
    } else {
        let coverage = provider.coverage().map_err(CliError::config(provider.slug.as_ref()))?;
        let warnings = provider.warnings().map_err(CliError::config(provider.slug.as_ref()))?;
        output::text(&Description { provider, coverage, warnings })?;
    }
    Ok(Outcome::Fine)
}

/// A declaration for people.
struct Description<'p> {
    provider: &'p Provider,
    coverage: Coverage,
    warnings: Vec<ConfigWarning>,
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Provider { slug, name, doc, confidence, notes, scheme, event, .. } = self.provider;
        writeln!(f, "{STRONG}{name}{STRONG:#} {DIM}({slug}){DIM:#}")?;
        if !notes.is_empty() {
            writeln!(f, "{notes}")?;
        }
        writeln!(f)?;
        let mut list = Table::list();
        let mut fact = |label, text: String| list.push([label_cell(label), Cell::new(text)]);
        fact("signature", scheme.signature.at.describe());
        fact("written as", written(&scheme.signature));
        fact("algorithm", algorithm(scheme));
        fact("signed", scheme.describe_signed());
        fact("key", scheme.describe_key());
        if let Some(scope) = provider_scope(self.provider) {
            fact("signs for", scope.to_owned());
        }
        fact("timestamp", timestamp(scheme));
        fact("body", limited(self.provider));
        let samples = Sample::event_types(self.provider);
        if let Some(first) = samples.first() {
            let origin = Sample::origin(self.provider, first);
            fact("sample events", format!("{origin}: {}", samples.join(", ")));
        }
        fact("retries", retried(self.provider));
        handshakes(self.provider).into_iter().for_each(|text| fact("handshake", text));
        fact("facts from", doc.clone().into_owned());
        list.push([label_cell("confidence"), Cell::new(trusted(*confidence)).in_style(trust(*confidence))]);
        if let Some(proof) = self.provider.proof {
            list.push([label_cell("proof"), Cell::new(format!("{proof}: {}", facts::meaning(proof)))]);
        }
        list.push([label_cell("checked"), Cell::new(facts::checked(self.provider))]);
        writeln!(f, "{list}")?;

        let mut fields = Table::new(["FIELD", "WHERE", "SIGNED"]);
        let timestamp = scheme.timestamp.as_ref().map(|field| &field.at);
        let id = if event.id_is_per_type { "id, with the type" } else { "id" };
        fields.push(field(id, event.id_placement(), self.coverage.id));
        fields.push(field("type", event.type_placement(), self.coverage.event_type));
        if let Some(at) = &event.version {
            let place = Cell::new(format!("body {}", at.as_str()));
            fields.push([label_cell("version"), place, body_signed(scheme, self.coverage)]);
        }
        let timestamp = timestamp.map_or(Placement::None { source: "" }, Placement::At);
        fields.push(field("timestamp", timestamp, self.coverage.timestamp));
        let data =
            event.data.as_ref().map_or("the whole body".to_owned(), |at| format!("body {}", at.as_str()));
        fields.push([label_cell("data"), Cell::new(data), body_signed(scheme, self.coverage)]);
        write!(f, "{fields}")?;
        self.warnings.iter().try_for_each(|warning| write!(f, "\n{UNSURE}warning{UNSURE:#} {warning}\n"))
    }
}

fn field(name: &'static str, at: Placement<'_>, signed: bool) -> [Cell; 3] {
    let (text, style) = match at {
        Placement::At(at) => return [label_cell(name), Cell::new(at.describe()), yes_or_no(signed)],
        Placement::None { source: "" } => (facts::NONE.to_owned(), DIM),
        Placement::None { source } => (format!("{}: {source}", facts::NONE), DIM),
        _ => (facts::UNKNOWN.to_owned(), UNSURE),
    };
    [label_cell(name), Cell::new(text).in_style(style), Cell::new("")]
}

fn label_cell(label: &str) -> Cell {
    Cell::new(label).in_style(DIM)
}

fn yes_or_no(signed: bool) -> Cell {
    if signed { Cell::new("yes").in_style(GOOD) } else { Cell::new("no").in_style(BAD) }
}

/// Returns whether the body is signed. Some schemes sign the values in the body, but not their form.
fn body_signed(scheme: &Scheme, coverage: Coverage) -> Cell {
    let content = scheme.content.as_str();
    if !coverage.body && (content.contains("{form:") || content.contains("{json:")) {
        Cell::new("field by field").in_style(UNSURE)
    } else {
        yes_or_no(coverage.body)
    }
}

fn trusted(confidence: Confidence) -> String {
    let meaning = match confidence {
        Confidence::OfficialCode => "read in the provider's own code",
        Confidence::OfficialDocs => "read on the provider's own page",
        Confidence::Secondary => "read in third-party code or documentation",
        Confidence::Memory => "not read anywhere: check before you rely on it",
        _ => return word(&confidence),
    };
    format!("{}: {meaning}", word(&confidence))
}
