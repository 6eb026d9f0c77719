//! Certificates: the server's, which are checked unless that is switched off by name, and the program's own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::{Ended, Folder, Program};

/// What every request is answered with: enough to see that one came.
const ANSWER: &str = r#"{"errors":[{"code":"NOT_FOUND","message":"there is nothing here"}]}"#;

/// An authority that nobody knows, and a server on `localhost` with a certificate of it.
struct Setting {
    authority: CertifiedIssuer<'static, KeyPair>,
    url: String,
    folder: Folder,
}

impl Setting {
    fn new(asks_for_certificate: bool) -> Self {
        harbor_ext::harbor_api::install_tls_provider();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let config = Arc::new(server_config(&authority, asks_for_certificate));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        // It ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let config = Arc::clone(&config);
                std::thread::spawn(move || answer(stream.unwrap(), config));
            }
        });
        Self { authority, url, folder: Folder::new() }
    }

    /// Asks who the caller is, with further arguments.
    fn access(&self, arguments: &[&str]) -> Ended {
        let ended = Program::new(["access", "--anonymous", "--url", &self.url].iter().chain(arguments)).run();
        assert!([Some(2), Some(4)].contains(&ended.code), "{ended:?}");
        ended
    }

    fn file(&self, name: &str, content: &str) -> String {
        self.folder.file(name, content).display().to_string()
    }

    /// A certificate of the authority together with its key.
    fn certificate(&self) -> String {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["client".to_owned()]).unwrap().signed_by(&key, &self.authority).unwrap();
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }
}

fn server_config(authority: &CertifiedIssuer<'static, KeyPair>, asks_for_certificate: bool) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let builder = ServerConfig::builder();
    let builder = if asks_for_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        builder.with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()
}

/// Answers one request, if it comes to one.
fn answer(stream: TcpStream, config: Arc<ServerConfig>) {
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(length @ 1..) => request.extend_from_slice(&piece[..length]),
            // The client does not like the certificate, or has none that the server likes.
            Ok(0) | Err(_) => return,
        }
    }
    let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close";
    // The client may have gone.
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{ANSWER}", ANSWER.len());
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

#[test]
fn a_certificate_must_be_of_an_authority_that_is_known() {
    let setting = Setting::new(false);
    let refused = setting.access(&[]);
    assert!(!refused.messages.contains("404"), "{}", refused.messages);
    assert!(refused.messages.contains("certificate"), "{}", refused.messages);
    let authority = setting.file("authority.pem", &setting.authority.pem());
    let accepted = setting.access(&["--ca-file", &authority]);
    assert!(accepted.messages.contains("404"), "{}", accepted.messages);
    assert!(!accepted.messages.contains("warning"), "{}", accepted.messages);
}

#[test]
fn only_insecure_by_name_accepts_any_certificate_and_warns() {
    let setting = Setting::new(false);
    let ended = setting.access(&["--insecure"]);
    assert!(ended.messages.contains("404"), "{}", ended.messages);
    assert!(ended.messages.contains("warning: certificates are not checked"), "{}", ended.messages);
}

#[test]
fn a_certificate_of_the_program_is_shown_to_servers_that_ask_for_one() {
    let setting = Setting::new(true);
    let authority = setting.file("authority.pem", &setting.authority.pem());
    let without = setting.access(&["--ca-file", &authority]);
    assert!(!without.messages.contains("404"), "{}", without.messages);
    let own = setting.file("own.pem", &setting.certificate());
    let with = setting.access(&["--ca-file", &authority, "--client-certificate", &own]);
    assert!(with.messages.contains("404"), "{}", with.messages);
}
