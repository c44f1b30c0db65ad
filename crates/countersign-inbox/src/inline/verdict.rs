use http::StatusCode;

/// The meaning of a handler's response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Handled; the response is passed on.
    Done,
    /// Not to be handled again; the response is passed on.
    Permanent,
    /// To be handled again; the response is passed on.
    Failed,
    /// To be handled again; the response is replaced by 500, because its status would prevent a retry.
    Masked,
}

impl Verdict {
    /// Classifies a response. `None` is an error instead of a response.
    pub(super) fn of(status: Option<StatusCode>, permanent: &[StatusCode]) -> Self {
        match status {
            None => Self::Failed,
            Some(status) if status.is_success() => Self::Done,
            Some(status) if status.is_server_error() => Self::Failed,
            Some(status) if permanent.contains(&status) => Self::Permanent,
            // The delivery does not fit the type in the handler, but a corrected handler may accept it.
            Some(StatusCode::UNPROCESSABLE_ENTITY) => Self::Failed,
            // Providers follow no redirects, and several drop the event after a 4xx.
            Some(_) => Self::Masked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_2xx_and_what_is_permanent_is_never_handled_again() {
        let permanent = [StatusCode::UNPROCESSABLE_ENTITY];
        for code in 100..600 {
            let expected = match code {
                200..300 => Verdict::Done,
                422 => Verdict::Permanent,
                500..600 => Verdict::Failed,
                _ => Verdict::Masked,
            };
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(Verdict::of(Some(status), &permanent), expected, "{code}");
        }
        assert_eq!(Verdict::of(None, &permanent), Verdict::Failed);
        assert_eq!(
            Verdict::of(Some(permanent[0]), &[]),
            Verdict::Failed,
            "it is relayed, and the claim released"
        );
        assert_eq!(Verdict::of(Some(StatusCode::BAD_REQUEST), &[]), Verdict::Masked);
    }
}
