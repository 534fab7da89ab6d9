include!("../name.in");
