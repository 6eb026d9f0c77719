//! From what was said on the command line and in the environment to a handle.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use chrono::{DateTime, Utc};
use harbor_ext::chrono;
use harbor_ext::reqwest::{Certificate, ClientBuilder, Identity};
use harbor_ext::{Concurrency, Credentials, Harbor};
use serde::Deserialize;

use crate::arguments::Connection;
use crate::ending::Problem;
use crate::input::{LONGEST_FILE, read, unreadable};
use crate::output::messages::Messages;

/// A robot, as Harbor's portal writes it into a file when the robot is made.
#[derive(Deserialize)]
struct RobotFile {
    name: String,
    // What older portals call it.
    #[serde(alias = "token")]
    secret: String,
    /// In seconds since 1970; -1 for never.
    expires_at: Option<i64>,
}

/// Makes a handle; sends nothing.
pub(crate) fn harbor(connection: &Connection, messages: Messages) -> Result<Harbor, Problem> {
    connection.check()?;
    let Some(url) = connection.url.as_ref().filter(|url| !url.trim().is_empty()) else {
        return Err(Problem::usage("there is nothing to ask: no archive and no address of a Harbor").help(
            "give archives by --from, or set HARBOR_URL, HARBOR_USERNAME and HARBOR_SECRET; `harbor-ext demo` shows a sample",
        ));
    };
    let credentials = credentials(connection)?;
    let concurrency = connection.concurrency.map_or(Concurrency::Adaptive, |fixed| Concurrency::Fixed(fixed.get()));
    let builder = Harbor::builder(url)
        .credentials(credentials)
        .session_login(connection.session_login)
        .concurrency(concurrency)
        .http_client(http_client(connection, messages)?);
    builder.build().map_err(|error| Problem::from_error("the registry cannot be asked", &error).into_usage())
}

fn credentials(connection: &Connection) -> Result<Credentials, Problem> {
    if connection.anonymous {
        return Ok(Credentials::anonymous());
    }
    if let Some(path) = &connection.robot_file {
        return robot(path);
    }
    let username = connection.username.clone().filter(|name| !name.is_empty());
    let secret = match &connection.secret_file {
        Some(path) => Some(secret(path)?),
        None => variable(Credentials::SECRET_VARIABLE)?,
    };
    match (username, secret, variable(Credentials::TOKEN_VARIABLE)?) {
        (Some(username), Some(secret), _) => Ok(Credentials::basic(username, secret)),
        (Some(username), None, _) => Err(Problem::usage(format!("there is no secret for {username:?}"))
            .help("set HARBOR_SECRET, or give a file by --secret-file (`-` for standard input)")),
        (None, Some(_), _) => Err(Problem::usage("there is a secret, and nobody to log in as")
            .help("set HARBOR_USERNAME or give --username, such as 'robot$auditor'")),
        (None, None, Some(token)) => Ok(Credentials::bearer(token)),
        (None, None, None) => Err(Problem::usage("there are no credentials").help(
            "set HARBOR_USERNAME and HARBOR_SECRET, or give --robot-file FILE; --anonymous reads only what is public",
        )),
    }
}

fn variable(name: &str) -> Result<Option<String>, Problem> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Problem::usage(format!("{name} is not text"))),
    }
}

/// The first line of a file or of standard input.
fn secret(path: &Path) -> Result<String, Problem> {
    let line = if path == Path::new("-") {
        first_line(io::stdin().lock())
    } else {
        fs::File::open(path).and_then(|file| first_line(BufReader::new(file)))
    };
    let line = line.map_err(|error| unreadable("the secret", path, &error))?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(Problem::usage(format!("the first line of {} is empty: there is no secret in it", path.display()))),
        secret => Ok(secret.to_owned()),
    }
}

fn first_line(reader: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.take(LONGEST_FILE).read_line(&mut line)?;
    Ok(line)
}

fn robot(path: &Path) -> Result<Credentials, Problem> {
    let text = read(path, "the robot")?;
    // What stands in the file is not quoted: it is a secret.
    let robot: RobotFile = serde_json::from_slice(&text).map_err(|error| {
        let what = format!(
            "{} is not a robot as Harbor's portal gives it: line {}, column {}",
            path.display(),
            error.line(),
            error.column()
        );
        Problem::usage(what).help("it is a JSON object with `name` and `secret`")
    })?;
    let end = robot.expires_at.filter(|seconds| *seconds > 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    if let Some(end) = end.filter(|end| *end <= Utc::now()) {
        let what = format!("the robot {:?} in {} ended on {}", robot.name, path.display(), end.format("%Y-%m-%d"));
        return Err(Problem::usage(what).help("extend it in Harbor's portal, or make another"));
    }
    Ok(Credentials::robot(robot.name, robot.secret))
}

fn http_client(connection: &Connection, messages: Messages) -> Result<ClientBuilder, Problem> {
    let mut client = harbor_ext::http_client();
    if connection.insecure {
        messages.warn("certificates are not checked (--insecure): anybody on the way can read the secret");
        client = client.tls_danger_accept_invalid_certs(true);
    }
    for path in &connection.ca_files {
        let certificates = Certificate::from_pem_bundle(&read(path, "certificates")?).unwrap_or_default();
        if certificates.is_empty() {
            return Err(Problem::usage(format!("{} holds no certificate in PEM", path.display())));
        }
        client = client.tls_certs_merge(certificates);
    }
    if let Some(path) = &connection.client_certificate {
        let identity = Identity::from_pem(&read(path, "the client's certificate")?).map_err(|_| {
            Problem::usage(format!("{} is not a certificate together with its private key in PEM", path.display()))
        })?;
        client = client.identity(identity);
    }
    Ok(client)
}
