//! Getting the text of a description from a file or a URL.

use std::{fs::File, io::Read, path::Path, time::Duration};

use reqwest::{Client, Url};

use crate::error::Error;

/// Harbor's own description has 300 kB.
const LIMIT: u64 = 32 * 1024 * 1024;

/// Reads a file, or what an `http` or `https` URL answers.
pub(crate) fn read(source: &str) -> Result<String, Error> {
    let (name, bytes) = if source.contains("://") {
        let url =
            Url::parse(source).map_err(|error| Error::new(format!("the URL of the source is malformed: {error}")))?;
        let name = shown(&url);
        let bytes = fetch(url).map_err(|problem| Error::new(format!("cannot fetch {name}: {problem}")))?;
        (name, bytes)
    } else {
        let bytes =
            read_file(Path::new(source)).map_err(|problem| Error::new(format!("cannot read {source}: {problem}")))?;
        (source.to_owned(), bytes)
    };
    String::from_utf8(bytes).map_err(|_| Error::new(format!("{name} is not text in UTF-8")))
}

/// The name of a source, without what may be secret in a URL.
pub(crate) fn without_secrets(source: &str) -> String {
    match Url::parse(source) {
        Ok(url) if source.contains("://") => shown(&url),
        _ => source.to_owned(),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(|error| error.to_string())?.take(LIMIT + 1);
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LIMIT {
        return Err(too_large());
    }
    Ok(bytes)
}

fn fetch(url: Url) -> Result<Vec<u8>, String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("only http and https are known, not {}", url.scheme()));
    }
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .build()
            .map_err(cause)?;
        let mut response = client.get(url).send().await.map_err(cause)?;
        if !response.status().is_success() {
            return Err(format!("the server answered {}", response.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(cause)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > LIMIT {
                return Err(too_large());
            }
        }
        Ok(bytes)
    })
}

fn too_large() -> String {
    format!("it is larger than {} MiB", LIMIT / 1024 / 1024)
}

/// A URL without what may be secret.
fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), port(url) + url.path())
}

fn port(url: &Url) -> String {
    url.port().map(|port| format!(":{port}")).unwrap_or_default()
}

/// The innermost reason: the outer ones only say that a request failed.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_url_are_not_shown() {
        let url = Url::parse("https://me:secret@harbor.example.com:8443/swagger.json?token=secret#secret").unwrap();
        assert_eq!(shown(&url), "https://harbor.example.com:8443/swagger.json");
    }
}
