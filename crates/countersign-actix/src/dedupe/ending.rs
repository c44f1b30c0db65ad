use actix_web::Error;
use actix_web::dev::ServiceResponse;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use bytes::Bytes;
use countersign::__private::to_actix;
use http::Response;

/// Returns the status of the handler's result. An error of actix is a response, too.
pub(super) fn status<B>(answer: &Result<ServiceResponse<B>, Error>) -> Option<http::StatusCode> {
    let status = match answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    http::StatusCode::from_u16(status.as_u16()).ok()
}

/// Turns the response into a failure.
pub(super) fn failed<B>(answer: Result<ServiceResponse<B>, Error>) -> Result<ServiceResponse<B>, Error> {
    match answer {
        Ok(mut response) => {
            *response.response_mut().status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// Returns the middleware's own response as an error, for when the request is no longer available.
pub(super) fn instead(answer: Response<Bytes>) -> Error {
    InternalError::from_response("the handler did not finish", to_actix(answer)).into()
}
