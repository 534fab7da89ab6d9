//! What an application may return.

use std::borrow::Cow;
use std::fmt::Display;

use ::http::StatusCode;

use super::{Body, Response};

/// What an application may return: a [`Response`], or something that is one without saying more.
///
/// | value | response |
/// |---|---|
/// | `&'static str`, `String` | 200 and plain text |
/// | `Vec<u8>`, `&'static [u8]` | 200 and bytes without a type |
/// | `()` | 200 without a body |
/// | [`StatusCode`] | that status without a body |
/// | `(StatusCode, R)` | the response `R` with that status |
/// | `http::Response<B>` | its parts |
/// | `Option<R>` | `R`, or 404 |
/// | `Result<R, E>` | `R`, or 500; the error is printed, and sent only in debug mode |
pub trait IntoResponse {
    /// The response that this is.
    fn into_response(self) -> Response;

    /// The response that this is, or the error that stands in its way.
    #[doc(hidden)]
    fn try_into_response(self) -> Result<Response, String>
    where
        Self: Sized,
    {
        Ok(self.into_response())
    }
}

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for &'static str {
    fn into_response(self) -> Response {
        Response::text(self)
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Response {
        Response::text(self)
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Response {
        Response::bytes(self)
    }
}

impl IntoResponse for &'static [u8] {
    fn into_response(self) -> Response {
        Response::bytes(self)
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::new(200)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        Response::of(self, None, Body::Whole(Cow::Borrowed(b"")))
    }
}

impl<R: IntoResponse> IntoResponse for (StatusCode, R) {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        response.status = self.0;
        response
    }

    fn try_into_response(self) -> Result<Response, String> {
        let mut response = self.1.try_into_response()?;
        response.status = self.0;
        Ok(response)
    }
}

impl<B: Into<Cow<'static, [u8]>>> IntoResponse for ::http::Response<B> {
    fn into_response(self) -> Response {
        let (parts, body) = self.into_parts();
        let mut response = Response::of(parts.status, None, Body::Whole(body.into()));
        *response.headers_mut() = parts.headers;
        response
    }
}

impl<R: IntoResponse> IntoResponse for Option<R> {
    fn into_response(self) -> Response {
        self.map_or_else(|| Response::text("not found").with_status(404), R::into_response)
    }

    fn try_into_response(self) -> Result<Response, String> {
        self.map_or_else(|| Ok(None::<R>.into_response()), R::try_into_response)
    }
}

impl<R: IntoResponse, E: Display> IntoResponse for Result<R, E> {
    fn into_response(self) -> Response {
        self.map_or_else(|_| Response::new(500), R::into_response)
    }

    fn try_into_response(self) -> Result<Response, String> {
        self.map_err(|error| error.to_string())?.try_into_response()
    }
}
