//! The options of `countersign providers`.

use clap::Args;
use countersign::Proof;

#[derive(Args)]
pub(crate) struct ProvidersArgs {
    /// Print the declarations, as an array
    #[arg(long)]
    pub(crate) json: bool,
    /// Print docs/providers.md
    #[arg(long, conflicts_with_all = ["json", "grep", "tier", "signed_id"])]
    pub(crate) docs: bool,
    /// List the declarations that contain this text in slug, name, source, notes, header, algorithm or the description of what is signed; case is ignored
    #[arg(long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// List the declarations with this proof: sdk, vectors, page, secondary or memory; may be repeated
    #[arg(long, value_name = "PROOF", value_parser = proof)]
    pub(crate) tier: Vec<Proof>,
    /// List the declarations whose signature covers the id
    #[arg(long)]
    pub(crate) signed_id: bool,
}

fn proof(text: &str) -> Result<Proof, String> {
    let known = Proof::ALL.map(|proof| proof.to_string());
    Proof::ALL
        .into_iter()
        .find(|proof| proof.to_string() == text)
        .ok_or_else(|| format!("expected one of {}", known.join(", ")))
}
