//! Several files as one module, several modules at once, folders with a Kbuild file, and modules
//! built beforehand.

mod ukmod;

use std::fs;
use ukmod::{in_order, run};

#[test]
fn several_files_make_one_module_of_the_first_ones_name() {
    let (status, out, err) =
        run(&["run", "modules/files/first-part.c", "modules/files/greeting.c", "--for", "0s", "--raw"]);
    assert_eq!((status, &*out), (0, "hello from first_part and greeting in first_part\n"), "{err}");
}

#[test]
fn modules_use_what_others_export_and_keep_the_rest_to_themselves() {
    let (status, out, err) =
        run(&["run", "modules/imports.c", "times=5", "+", "modules/exports.c", "--for", "0s", "--raw"]);
    let told = "exports: wait() is 1\nimports: use 1\nimports: use 2\nimports: use 3\nimports: wait() is 2\n\
                imports: goes\nexports: 3 use(s)\n";
    assert_eq!((status, &*out), (0, told), "{err}");
}

#[test]
fn a_module_whose_exporter_is_not_there_is_not_loaded() {
    let (status, out, err) = run(&["run", "modules/imports.c", "--for", "0s"]);
    assert_eq!((status, &*out), (1, ""), "{err}");
    in_order(&err, &["not supported: exported_limit", "not supported: exported_use"]);
}

#[test]
fn modules_that_are_built_are_loaded_in_the_order_they_are_named() {
    let folder = ukmod::tmp().join("built");
    let folder = folder.to_str().unwrap();
    fs::create_dir_all(folder).unwrap();
    // What it wants of another module is no mistake yet.
    let (status, _, err) = run(&["build", "modules/imports.c", "-o", folder]);
    assert_eq!(status, 0, "{err}");
    in_order(&err, &["imports: the runtime does not have exported_limit: another module has to export it"]);
    let (status, _, err) = run(&["build", "modules/exports.c", "-o", folder]);
    assert_eq!((status, &*err), (0, ""));

    let [exports, imports] = ["exports", "imports"].map(|name| format!("{folder}/{name}.so"));
    let (status, out, err) = run(&["load", &imports, &exports, "--for", "0s"]);
    assert_eq!((status, &*out), (3, ""), "{err}");
    in_order(
        &err,
        &["imports: exported_limit is exported by exports, which comes later: name that module first"],
    );
    let (status, out, err) = run(&["load", &exports, &imports, "times=2", "--for", "0s", "--raw"]);
    assert_eq!(status, 0, "{err}");
    in_order(&out, &["exports: wait() is 1", "imports: use 2", "imports: goes", "exports: 2 use(s)"]);
}

#[test]
fn a_kbuild_folder_makes_its_modules_with_its_flags_in_the_order_of_their_wants() {
    let args = ["run", "modules/kbuild", "name=us", "--for", "0s", "--raw"];
    let (status, out, err) = run(&args);
    let told = "whole: hello, us, 7\nneeds: 7\nin_part\nneeds: goes\nwhole: goes\n";
    assert_eq!((status, &*out), (0, told), "{err}");
    assert_eq!(err, "");
}

#[test]
fn a_parameter_may_name_its_module() {
    let (status, out, err) = run(&["run", "modules/kbuild", "whole.name=me", "--for", "0s", "--raw"]);
    assert_eq!(status, 0, "{err}");
    in_order(&out, &["whole: hello, me, 7"]);
    let (status, _, err) = run(&["run", "modules/kbuild", "needs.name=me", "--for", "0s", "--raw"]);
    assert_eq!(status, 3, "{err}");
    in_order(&err, &["unknown parameter 'name'"]);
}

#[test]
fn a_folder_without_a_kbuild_file_is_not_built() {
    let (status, _, err) = run(&["run", "modules/files"]);
    assert_eq!(status, 1, "{err}");
    in_order(&err, &["there is no Kbuild file and no Makefile"]);
}

#[test]
fn the_kernels_version_is_what_was_asked_for() {
    let args = ["run", "modules/version.c", "--for", "0s", "--raw"];
    assert_eq!(run(&args).1, "6.1.0\n");
    assert_eq!(run(&[&args[..], &["--kernel-version", "5.4.2"]].concat()).1, "5.4.2\n");
}

#[test]
fn the_manual_page_has_the_statuses_and_the_options() {
    let (status, out, _) = run(&["man"]);
    assert_eq!(status, 0);
    in_order(&out, &[".TH ukmod 1", "Exit status", "valgrind or the address sanitizer", "exit\\-timeout"]);
}

#[test]
fn files_that_each_have_an_init_begin_in_their_order() {
    let files = ["modules/inits/first.c", "modules/inits/second.c"];
    let (status, out, err) = run(&["run", files[0], files[1], "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, &*out, &*err), (0, "first comes\nsecond comes\nsecond goes\nfirst goes\n", ""));
}
