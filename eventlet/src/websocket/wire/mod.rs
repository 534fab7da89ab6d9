//! Bytes and what they mean: frames and messages, without any waiting.

mod buffer;
mod decoder;
mod encode;
mod frame;
mod partial;

pub(crate) use buffer::Buffer;
pub(crate) use decoder::{Decoder, Incoming};
pub(super) use encode::{close_frame, encode, message_frame};
pub(crate) use frame::{Fault, Limits, Role};
