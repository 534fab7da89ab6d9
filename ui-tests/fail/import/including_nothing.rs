include!("no_such_file.in");
