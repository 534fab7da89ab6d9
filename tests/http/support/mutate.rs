//! Changing requests at random, so that most of them are still almost requests.

/// Pseudo-random numbers, always the same ones for a seed.
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.number() % n as u64) as usize
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Some places within so many bytes, in order.
    pub fn cuts(&mut self, length: usize) -> Vec<usize> {
        let mut cuts: Vec<_> = (0..self.below(6)).map(|_| self.below(length + 1)).collect();
        cuts.sort_unstable();
        cuts
    }
}

/// Words that decide something.
const WORDS: &[&[u8]] = &[
    b"Content-Length: ",
    b"Transfer-Encoding: ",
    b"Host: a\r\n",
    b"Connection: close\r\n",
    b"Expect: 100-continue\r\n",
    b"chunked",
    b"gzip, ",
    b"HTTP/1.0",
    b"HTTP/1.1",
    b"HTTP/1.2",
    b"HTTP/2.0",
    b"GET",
    b"CONNECT",
    b"http://a",
    b"a:80",
    b"[::1]",
    b"\r\n",
    b"\r\n\r\n",
    b"\n\n",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"18446744073709551616",
    b"10000000000000000",
    b"; a=b",
    b"; a=\"b\"",
    b"X: y\r\n",
    b" z\r\n",
];

/// Bytes that decide something.
const BYTES: &[u8] = b"\r\n\0\t :;,=\"\\/*#?%+-_.0159afx[]@\x0b\x0c\x7f\x80\xa0\xff";

/// Changes `request` in one to three places.
pub fn mutate(request: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    for _ in 0..=random.below(3) {
        mutate_once(request, others, random);
    }
}

fn mutate_once(request: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let at = random.below(request.len() + 1);
    let end = (at + random.below(12)).min(request.len());
    match random.below(9) {
        0 if at < request.len() => request[at] = *random.pick(BYTES),
        1 if at < request.len() => request[at] ^= 1 << random.below(8),
        0..=2 => request.insert(at, *random.pick(BYTES)),
        3 => drop(request.drain(at..end)),
        4 => drop(request.splice(at..at, random.pick(WORDS).iter().copied())),
        5 => drop(request.splice(at..end, random.pick(WORDS).iter().copied())),
        6 => {
            let again = request[at..end].to_vec();
            request.splice(at..at, again);
        }
        7 => request.truncate(at),
        _ => {
            let other = random.pick(others);
            let from = random.below(other.len() + 1);
            request.truncate(at);
            request.extend(&other[from..]);
        }
    }
}
