//! Reading what Linux tells of an OS thread.

use super::Activity;

#[test]
fn what_linux_tells_is_read() {
    let read = |text| Activity::parse(text);
    assert_eq!(read("running\n"), Some(Activity::Computing));
    assert_eq!(read("-1 0x7ffd 0x7fba\n"), Some(Activity::Waiting));
    assert_eq!(read("99999 0x0 0x1\n"), Some(Activity::SystemCall(99999, None)));
    assert_eq!(read(""), None);
    assert_eq!(read("?"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn calls_that_block_have_names() {
    let call = |number: libc::c_long| Activity::parse(&format!("{number} 0x0")).unwrap();
    assert!(matches!(call(libc::SYS_futex), Activity::SystemCall(_, Some("futex"))));
    assert_eq!(call(libc::SYS_recvfrom).to_string(), "waits in the system call recvfrom");
    assert_eq!(
        call(libc::SYS_getpid).to_string(),
        format!("waits in system call {}", libc::SYS_getpid)
    );
}
