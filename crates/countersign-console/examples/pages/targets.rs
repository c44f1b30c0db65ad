//! The addresses that are measured.

/// Returns each page of the navigation with several filters, those without a match included, an event, and confirmations.
pub(crate) fn targets(size: i64) -> Vec<String> {
    let (middle, last) = (size / 2, size - 1);
    let mut targets: Vec<_> = ["/", "/?window=24h", "/?window=7d"].map(str::to_owned).to_vec();
    for filter in FILTERS {
        targets.push(format!("/events{filter}"));
    }
    targets.extend([
        format!("/events?after={middle}"),
        format!("/events?ids={middle}+{last}"),
        format!("/events?id=evt_{middle}"),
    ]);
    for filter in ["", "?source=source+1", "?type=type+3", "?tenant=tenant+3", "?error=timeout"] {
        targets.push(format!("/dead{filter}"));
    }
    for filter in ["?type=none", "?tenant=none", "?error=none", "?type=type+3&tenant=none", "?newer_than=1s"]
    {
        targets.push(format!("/dead{filter}"));
    }
    targets.extend([
        format!("/events/{middle}"),
        format!("/events/{last}"),
        format!("/events/{last}/compare"),
    ]);
    let others = [
        "/subscriptions",
        "/subscriptions?window=7d",
        "/errors",
        "/errors?source=source+1",
        "/errors?source=none",
        "/errors?limit=10000",
        "/rejections",
        "/rejections?window=7d",
        "/rejections?source=none",
        "/audit",
        "/audit?event=7",
        "/audit?event=999999999",
        "/providers",
        "/controls",
        "/controls?source=source+1",
        "/attempts",
        "/attempts?failed=1",
        "/attempts?source=source+1&failed=1",
        "/attempts?source=none",
        "/providers?q=stripe",
        "/pause?source=source+1",
        "/change?action=replay&source=source+1",
        "/change?action=replay&error=timeout",
        "/change?action=replay&tenant=none",
        "/change?action=purge&type=none",
        "/change?action=discard&error=none",
        "/change?action=discard&all=1",
        "/change?action=replay&source=source+1&type=type+3&pattern=Timeout+of+llingl+after+%23+ms",
        "/change?action=replay&source=source+0&type=type+3&pattern=Timeout+of+llingl+after+%23+ms",
        "/control?source=source+1",
        "/control?source=source+1&action=limit",
        "/control?source=source+1&action=open_circuit",
    ];
    targets.extend(others.map(str::to_owned));
    targets
}

const FILTERS: [&str; 25] = [
    "",
    "?source=source+1",
    "?source=none",
    "?state=running",
    "?state=ready",
    "?source=source+1&state=done",
    "?type=type+3",
    "?type=none",
    "?tenant=tenant+3",
    "?tenant=none",
    "?id=none",
    "?error=timeout",
    "?error=none",
    "?tenant=tenant+3&type=none",
    "?tenant=none&type=type+3",
    "?state=done&error=timeout",
    "?source=source+1&state=ready&type=none",
    "?older_than=30d",
    "?older_than=12h",
    "?replays=7",
    "?newer_than=1s&state=ready",
    "?pattern=Timeout+of+llingl+after+%23+ms",
    "?pattern=none",
    "?source=source+1&type=type+3&pattern=Timeout+of+llingl+after+%23+ms",
    "?source=source+0&type=type+3&pattern=Timeout+of+llingl+after+%23+ms",
];
