use super::verifiers::refused;
use super::{Received, Receiver, Rejection, RequestHead};
use crate::error::ErrorKind;
use crate::handshake::View;
use crate::head::Headers;
#[cfg(feature = "metrics")]
use crate::telemetry::Stopwatch;

impl Receiver {
    /// Checks a head without starting a request, for servers that answer `Expect: 100-continue` before their
    /// middleware runs. A head that may be a handshake passes, and no secret of a tenant is looked up. A rejection is counted and
    /// observed like that of a whole request, because none follows.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if [`Receiving`](super::Receiving) would reject the head for the same reason.
    pub fn check_head<H: Headers>(&self, method: &str, target: &str, headers: &H) -> Result<(), Rejection> {
        #[cfg(feature = "metrics")]
        let mut stopwatch = Stopwatch::default();
        #[cfg(feature = "metrics")]
        stopwatch.start();
        let checked = self.decide_head(method, target, headers);
        #[cfg(feature = "metrics")]
        stopwatch.stop();
        let Err(rejection) = checked else { return Ok(()) };
        let received = Received::Rejected(rejection);
        self.options().observed(&received, &|| RequestHead::of(method, target, headers));
        #[cfg(feature = "metrics")]
        self.measure(&received, &stopwatch);
        match received {
            Received::Rejected(rejection) => Err(rejection),
            _ => Ok(()),
        }
    }

    fn decide_head<H: Headers>(&self, method: &str, target: &str, headers: &H) -> Result<(), Rejection> {
        let options = self.options();
        let (kept, passing) = self.size_of(target, headers);
        let Some(_held) = self.hold(kept + passing) else {
            return Err(self.refuse(ErrorKind::BudgetSpent));
        };
        let head = self.head(method, target, headers);
        let Err(error) = self.verifiers(None)?.begin(&head) else { return Ok(()) };
        if options.observes_only {
            return Ok(());
        }
        match &options.answerer {
            Some(answerer)
                if answerer.may_be_handshake(&View::new(&answerer.steps, method, target, headers)) =>
            {
                Ok(())
            }
            _ => Err(self.refuse(refused(error, head.url.as_ref()))),
        }
    }
}
