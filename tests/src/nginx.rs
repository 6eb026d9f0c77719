//! The nginx in front of Harbor: its pages, and what it does to paths and headers.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;

use crate::http::Answer;
use crate::http::pages;
use crate::wire::parameters::unescape_path;

/// The paths that go to Harbor's core; all others are the portal's.
const CORE: [&str; 5] = ["/api/", "/c/", "/chartrepo/", "/service/", "/v2/"];

/// The longest line of a request, in bytes.
const LONGEST_REQUEST_LINE: usize = 8192;

/// The most bytes of headers of an answer of core.
const LARGEST_HEADERS: usize = 4096;

/// The path as core sees it: decoded once, without dots and repeated slashes, and escaped anew.
pub(crate) fn forwarded_path(path: &str) -> String {
    // What cannot be decoded never reaches core on the real server; here it stays what it is and is not found.
    let decoded = unescape_path(path).unwrap_or_else(|| path.to_owned());
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/').filter(|segment| !segment.is_empty()) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let end = if decoded.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", escape(&segments.join("/")))
}

/// What nginx answers itself: the portal, and nothing for the old registry and for what only Harbor's own services call.
pub(crate) fn own_answer(target: &str, path: &str) -> Option<Answer> {
    if "GET  HTTP/1.1\r\n".len() + target.len() > LONGEST_REQUEST_LINE {
        return Some(page(StatusCode::URI_TOO_LONG));
    }
    if path.starts_with("/v1/") || path.starts_with("/service/notifications") {
        return Some(page(StatusCode::NOT_FOUND));
    }
    (!CORE.iter().any(|prefix| path.starts_with(prefix))).then(pages::portal)
}

/// What becomes of an answer of core, whose headers have to fit into a buffer: nginx adds some of its own.
pub(crate) fn forwarded(mut answer: Answer) -> Answer {
    let lines = answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    if lines.sum::<usize>() > LARGEST_HEADERS {
        return page(StatusCode::BAD_GATEWAY);
    }
    answer.headers.insert("server", HeaderValue::from_static("nginx"));
    if answer.status.is_success() || answer.status.is_redirection() {
        answer.headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
        answer.headers.insert("content-security-policy", HeaderValue::from_static("frame-ancestors 'none'"));
    }
    answer
}

/// Whether an answer is nginx's own, so that it has nothing of what core adds.
pub(crate) fn is_page(answer: &Answer) -> bool {
    answer.headers.contains_key("server")
}

/// A page as nginx writes it, such as while the server behind it does not answer.
pub(crate) fn page(status: StatusCode) -> Answer {
    let reason = match status.as_u16() {
        408 => "408 Request Time-out".to_owned(),
        413 => "413 Request Entity Too Large".to_owned(),
        414 => "414 Request-URI Too Large".to_owned(),
        503 => "503 Service Temporarily Unavailable".to_owned(),
        504 => "504 Gateway Time-out".to_owned(),
        number => format!("{number} {}", status.canonical_reason().unwrap_or_default()),
    };
    let page = format!(
        "<html>\r\n<head><title>{reason}</title></head>\r\n<body>\r\n<center><h1>{reason}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut answer = Answer { status, headers: HeaderMap::new(), body: Bytes::from(page) };
    answer.headers.insert("content-type", HeaderValue::from_static("text/html"));
    answer.headers.insert("server", HeaderValue::from_static("nginx"));
    answer
}

fn escape(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'#' | b'%' | b'?' | 0..=b' ' | 0x7f.. => escaped.push_str(&format!("%{byte:02X}")),
            other => escaped.push(char::from(other)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::forwarded_path;

    #[test]
    fn paths_are_decoded_once_and_escaped_anew() {
        for (sent, seen) in [
            // What core sees is escaped text: a percent sign in a name comes out as %25.
            (
                "/api/v2.0/projects/p/repositories/a%252Fb/artifacts",
                "/api/v2.0/projects/p/repositories/a%252Fb/artifacts",
            ),
            ("/api/v2.0/projects/p/repositories/a%2Fb/artifacts", "/api/v2.0/projects/p/repositories/a/b/artifacts"),
            ("/api/v2.0/projects/p/repositories/%2e%2e/artifacts", "/api/v2.0/projects/p/artifacts"),
            ("/api/v2.0/projects/p/repositories/%252e%252e/x", "/api/v2.0/projects/p/repositories/%252e%252e/x"),
            ("//api//v2.0/ping/", "/api/v2.0/ping/"),
            ("/a%20b", "/a%20b"),
            ("/", "/"),
        ] {
            assert_eq!(forwarded_path(sent), seen, "{sent}");
        }
    }
}
