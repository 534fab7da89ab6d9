//! The certificates of the tests themselves: those who check them find what they say.

use std::path::Path;
use std::process::Command;

use eventlet_http_tests::{Certificates, PASSWORD};

#[test]
fn the_authority_vouches_for_what_it_has_issued() {
    let certificates = Certificates::new();
    let other = certificates.issue("other", "DNS:other.example");
    assert!(is_valid(
        &certificates,
        certificates.server().pem(),
        &["-verify_hostname", "localhost"]
    ));
    assert!(is_valid(&certificates, certificates.server().pem(), &["-verify_ip", "127.0.0.1"]));
    assert!(is_valid(&certificates, other.pem(), &["-verify_hostname", "other.example"]));
    assert!(!is_valid(&certificates, other.pem(), &["-verify_hostname", "localhost"]));
}

#[test]
fn an_expired_certificate_is_not_valid() {
    let certificates = Certificates::new();
    assert!(!is_valid(&certificates, certificates.expired().pem(), &[]));
    assert!(is_valid(&certificates, certificates.expired().pem(), &["-no_check_time"]));
}

#[test]
fn a_pkcs12_file_has_the_certificate() {
    let certificates = Certificates::new();
    let mut command = Command::new("openssl");
    command.args(["pkcs12", "-nodes", "-passin"]).arg(format!("pass:{PASSWORD}"));
    command.arg("-in").arg(certificates.server().pkcs12());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CN = server"), "{text}");
    assert!(text.contains("BEGIN PRIVATE KEY"), "{text}");
}

fn is_valid(certificates: &Certificates, certificate: &Path, checks: &[&str]) -> bool {
    let mut command = Command::new("openssl");
    command.arg("verify").args(checks).arg("-CAfile").arg(certificates.ca()).arg(certificate);
    command.output().unwrap().status.success()
}
