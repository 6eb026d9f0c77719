//! Answers as bytes, for callers that decode them on their own.

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo, encode_path};
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};

use crate::generated::{ByteStream, Client, ClientInfo, Error, ResponseValue, types};

impl Client {
    /// Gets a path and returns the body of the successful answer as it came, whatever its content type.
    ///
    /// The request takes the same way as a generated one: same encoding of path segments (one layer is added to each
    /// of `segments`), same hooks, same errors. `operation` is the name that traces and hooks see, by convention the
    /// generated method's. Use it where the typed answer costs too much, or where one odd element must not spoil a whole
    /// list.
    ///
    /// # Errors
    ///
    /// As the generated operations: [`Error::CommunicationError`] when there is no answer,
    /// [`Error::ErrorResponse`] for 4xx and 5xx, [`Error::ResponseBodyError`] when the body breaks off, and
    /// [`Error::UnexpectedResponse`] for anything else that is not a success.
    pub async fn get_bytes(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<ResponseValue<Bytes>, Error<types::Errors>> {
        let response = self.get_response(operation, segments, query, headers).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
        Ok(ResponseValue::new(body, status, headers))
    }

    /// Gets a path and returns the body of the successful answer as a stream of pieces, as soon as the headers are there.
    ///
    /// Everything else is as in [`get_bytes`](Self::get_bytes). Use it for bodies that need not be held as a whole, such as
    /// vulnerability reports. Dropping the stream before its end closes the connection.
    ///
    /// # Errors
    ///
    /// As [`get_bytes`](Self::get_bytes); a body that breaks off is an error of the stream.
    pub async fn get_stream(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<ResponseValue<ByteStream>, Error<types::Errors>> {
        let response = self.get_response(operation, segments, query, headers).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(ResponseValue::new(ByteStream::new(Box::pin(response.bytes_stream())), status, headers))
    }

    /// Gets a path; the answer is a success whose body is yet to come.
    async fn get_response(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<Response, Error<types::Errors>> {
        let mut url = self.baseurl().to_owned();
        for segment in segments {
            url.push('/');
            url.push_str(&encode_path(segment));
        }
        let mut request = self.client().request(Method::GET, url).query(query).headers(headers).build()?;
        let info = OperationInfo { operation_id: operation };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            return Err(Error::ErrorResponse(ResponseValue::from_response(response).await?));
        }
        if !status.is_success() {
            return Err(Error::UnexpectedResponse(response));
        }
        Ok(response)
    }
}
