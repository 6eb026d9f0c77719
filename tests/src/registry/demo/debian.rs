//! Findings in images of Debian.

use super::sample::{
    Cvss, LEAK, LOCAL_RIGHTS, OUTAGE, RARE_OUTAGE, Sample, TAKEOVER, TAKEOVER_BEYOND,
};

/// The two that gave weaknesses names, on Debian 7.
pub(super) const DEBIAN_7: &[Sample] = &[
    Sample {
        id: "CVE-2014-6271",
        package: "bash",
        version: "4.2+dfsg-0.1",
        fix: "4.2+dfsg-0.1+deb7u1",
        severity: "Critical",
        cvss: Cvss::Nvd(9.8, TAKEOVER),
        cwe: "CWE-78",
        about: "Shellshock: commands behind a function definition in an environment variable are run when the shell starts.",
    },
    Sample {
        id: "CVE-2014-0160",
        package: "libssl1.0.0",
        version: "1.0.1e-2",
        fix: "1.0.1e-2+deb7u5",
        severity: "High",
        cvss: Cvss::Nvd(7.5, LEAK),
        cwe: "CWE-125",
        about: "Heartbleed: the answer to a heartbeat is as long as the request claims to be, and brings up to 64 KiB of memory with it.",
    },
];

/// What Debian 8 had in its C library.
pub(super) const DEBIAN_8: &[Sample] = &[Sample {
    id: "CVE-2015-7547",
    package: "libc6",
    version: "2.19-18+deb8u2",
    fix: "2.19-18+deb8u3",
    severity: "High",
    cvss: Cvss::Nvd(8.1, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"),
    cwe: "CWE-119",
    about: "A long DNS answer to a lookup of both address families overflows a buffer on the stack of getaddrinfo.",
}];

/// What an old image of Debian 10 has.
pub(super) const DEBIAN_10: &[Sample] = &[
    Sample {
        id: "CVE-2021-3156",
        package: "sudo",
        version: "1.8.27-1+deb10u2",
        fix: "1.8.27-1+deb10u3",
        severity: "High",
        cvss: Cvss::Nvd(7.8, LOCAL_RIGHTS),
        cwe: "CWE-193",
        about: "Baron Samedit: an argument that ends in a backslash overflows a buffer on the heap, which makes any user root.",
    },
    Sample {
        id: "CVE-2021-4034",
        package: "policykit-1",
        version: "0.105-25",
        fix: "0.105-25+deb10u1",
        severity: "High",
        cvss: Cvss::Nvd(7.8, LOCAL_RIGHTS),
        cwe: "CWE-787",
        about: "PwnKit: pkexec without any argument takes an environment variable for a program, which makes any user root.",
    },
    Sample {
        id: "CVE-2021-3449",
        package: "libssl1.1",
        version: "1.1.1d-0+deb10u5",
        fix: "1.1.1d-0+deb10u6",
        severity: "Medium",
        cvss: Cvss::Nvd(5.9, RARE_OUTAGE),
        cwe: "CWE-476",
        about: "A renegotiation that leaves the signature algorithms out makes a TLS 1.2 server follow a null pointer.",
    },
    Sample {
        id: "CVE-2011-3374",
        package: "apt",
        version: "1.8.2.2",
        fix: "",
        severity: "Low",
        cvss: Cvss::Lost(3.7, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"),
        cwe: "CWE-347",
        about: "apt-key does not check the signatures of keys in a way that stops somebody in the middle.",
    },
];

/// What an early image of Debian 11 has.
pub(super) const DEBIAN_11: &[Sample] = &[
    Sample {
        id: "CVE-2011-3374",
        package: "apt",
        version: "2.2.4",
        fix: "",
        severity: "Low",
        cvss: Cvss::Lost(3.7, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"),
        cwe: "CWE-347",
        about: "apt-key does not check the signatures of keys in a way that stops somebody in the middle.",
    },
    Sample {
        id: "TEMP-0841856-B18BAF",
        package: "bash",
        version: "5.1-2+b3",
        fix: "",
        severity: "Low",
        cvss: Cvss::Unknown,
        cwe: "",
        about: "A user with a restricted shell may gain more rights than meant.",
    },
    Sample {
        id: "CVE-2016-2781",
        package: "coreutils",
        version: "8.32-4+b1",
        fix: "",
        severity: "Low",
        cvss: Cvss::Nvd(6.5, "CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:C/C:N/I:H/A:N"),
        cwe: "CWE-20",
        about: "chroot with another user lets a program push characters into the input of the terminal it came from.",
    },
    Sample {
        id: "CVE-2010-4756",
        package: "libc6",
        version: "2.31-13+deb11u3",
        fix: "",
        severity: "Low",
        cvss: Cvss::Version2(4.0, "AV:N/AC:L/Au:S/C:N/I:N/A:P"),
        cwe: "CWE-399",
        about: "glob with crafted patterns takes very much time and memory.",
    },
    Sample {
        id: "CVE-2018-20796",
        package: "libc6",
        version: "2.31-13+deb11u3",
        fix: "",
        severity: "Low",
        cvss: Cvss::Nvd(7.5, OUTAGE),
        cwe: "CWE-674",
        about: "Some regular expressions with back references make the matcher call itself without end.",
    },
    Sample {
        id: "CVE-2019-1010022",
        package: "libc6",
        version: "2.31-13+deb11u3",
        fix: "",
        severity: "Low",
        cvss: Cvss::Nvd(9.8, TAKEOVER),
        cwe: "CWE-119",
        about: "The guard of the stack can be got round by overwriting thread data; the maintainers do not call it a weakness.",
    },
    Sample {
        id: "CVE-2022-23852",
        package: "libexpat1",
        version: "2.2.10-2",
        fix: "2.2.10-2+deb11u1",
        severity: "Critical",
        cvss: Cvss::Nvd(9.8, TAKEOVER),
        cwe: "CWE-190",
        about: "The size of a parse buffer overflows an integer where a large context is kept.",
    },
    Sample {
        id: "CVE-2005-2541",
        package: "tar",
        version: "1.34+dfsg-1",
        fix: "",
        severity: "Low",
        cvss: Cvss::Version2(10.0, "AV:N/AC:L/Au:N/C:C/I:C/A:C"),
        cwe: "",
        about: "tar unpacks files with their set-user-ID bits without a warning.",
    },
    Sample {
        id: "CVE-2018-25032",
        package: "zlib1g",
        version: "1:1.2.11.dfsg-2",
        fix: "1:1.2.11.dfsg-2+deb11u1",
        severity: "High",
        cvss: Cvss::Lost(7.5, OUTAGE),
        cwe: "CWE-787",
        about: "Compressing input with many distant matches can write behind the pending buffer.",
    },
    Sample {
        id: "CVE-2022-37434",
        package: "zlib1g",
        version: "1:1.2.11.dfsg-2",
        fix: "1:1.2.11.dfsg-2+deb11u2",
        severity: "Critical",
        cvss: Cvss::Nvd(9.8, TAKEOVER),
        cwe: "CWE-787",
        about: "inflate copies a large extra field of a gzip header behind the buffer that was given for it.",
    },
];

/// What an early image of Debian 12 has.
pub(super) const DEBIAN_12: &[Sample] = &[
    Sample {
        id: "CVE-2011-3374",
        package: "apt",
        version: "2.6.1",
        fix: "",
        severity: "Low",
        cvss: Cvss::Lost(3.7, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"),
        cwe: "CWE-347",
        about: "apt-key does not check the signatures of keys in a way that stops somebody in the middle.",
    },
    Sample {
        id: "CVE-2023-38545",
        package: "libcurl4",
        version: "7.88.1-10+deb12u3",
        fix: "7.88.1-10+deb12u4",
        severity: "Critical",
        cvss: Cvss::Nvd(9.8, TAKEOVER),
        cwe: "CWE-787",
        about: "A host name that is too long for a SOCKS5 proxy is copied behind its buffer when the handshake is slow.",
    },
    Sample {
        id: "CVE-2023-4911",
        package: "libc6",
        version: "2.36-9+deb12u1",
        fix: "2.36-9+deb12u3",
        severity: "High",
        cvss: Cvss::Nvd(7.8, LOCAL_RIGHTS),
        cwe: "CWE-787",
        about: "Looney Tunables: the loader overflows a buffer while it reads GLIBC_TUNABLES, which makes any user root.",
    },
    Sample {
        id: "CVE-2023-44487",
        package: "libnghttp2-14",
        version: "1.52.0-1",
        fix: "1.52.0-1+deb12u1",
        severity: "High",
        cvss: Cvss::Nvd(7.5, OUTAGE),
        cwe: "CWE-400",
        about: "Rapid reset: streams of HTTP/2 that are opened and cancelled at once keep a server busy at little cost.",
    },
    Sample {
        id: "CVE-2005-2541",
        package: "tar",
        version: "1.34+dfsg-1.2",
        fix: "",
        severity: "Low",
        cvss: Cvss::Version2(10.0, "AV:N/AC:L/Au:N/C:C/I:C/A:C"),
        cwe: "",
        about: "tar unpacks files with their set-user-ID bits without a warning.",
    },
];

/// What Debian's unstable branch had for some days of March 2024.
pub(super) const DEBIAN_SID: &[Sample] = &[
    Sample {
        id: "CVE-2024-3094",
        package: "liblzma5",
        version: "5.6.1-1",
        fix: "5.6.1+really5.4.5-1",
        severity: "Critical",
        cvss: Cvss::Nvd(10.0, TAKEOVER_BEYOND),
        cwe: "CWE-506",
        about: "The released archives hold a back door that the build puts into the library and that listens in the SSH server.",
    },
    Sample {
        id: "CVE-2024-3094",
        package: "xz-utils",
        version: "5.6.1-1",
        fix: "5.6.1+really5.4.5-1",
        severity: "Critical",
        cvss: Cvss::Nvd(10.0, TAKEOVER_BEYOND),
        cwe: "CWE-506",
        about: "The released archives hold a back door that the build puts into the library and that listens in the SSH server.",
    },
];

/// What nginx of Debian 12 adds.
pub(super) const NGINX: &[Sample] = &[Sample {
    id: "CVE-2023-44487",
    package: "nginx",
    version: "1.22.1-9",
    fix: "",
    severity: "High",
    cvss: Cvss::Lost(7.5, OUTAGE),
    cwe: "CWE-400",
    about: "Rapid reset: streams of HTTP/2 that are opened and cancelled at once keep a server busy at little cost.",
}];
