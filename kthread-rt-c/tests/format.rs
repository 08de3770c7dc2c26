//! The kernel's formats, and which messages the console shows.

mod ukmod;

#[test]
fn formats_are_the_documented_ones() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/format.c");
    let (status, stdout, stderr) =
        ukmod::run(&["run", file, "even=8", "--for", "0s", "--raw", "--cflag", "-w"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
%d [-5]
%5d|%-5d|%05d [   42|42   |00042]
%+d % d [+7  7]
%#x %#o %X [0xff 010 FF]
%.3d %8.3d [005      005]
%hhd %hu [44 4464]
%lld %zu %td [-1 7 -7]
%s|%5s|%-5s|%.2s [abc|   ab|ab   |ab]
%s [(null)]
%c%%%c [a%b]
%*d|%-*d|%.*s [   1|1   |ab]
%px [0000000000001234]
%ph [00]
%6ph [00 01 7f 80 fe ff]
%6phC [00:01:7f:80:fe:ff]
%6phD [00-01-7f-80-fe-ff]
%6phN [00017f80feff]
%pM [00:01:7f:80:fe:ff]
%pMR [ff:fe:80:7f:01:00]
%pMF [00-01-7f-80-fe-ff]
%pm [00017f80feff]
%pI4 [192.168.1.20]
%pi4 [192.168.001.020]
%pI6 [2001:0db8:0000:0000:0000:0000:0000:0001]
%pi6 [20010db8000000000000000000000001]
%pI6c [2001:db8::1]
%pUb|%pUL [20010db8-0000-0000-0000-000000000001|B80D0120-0000-0000-0000-000000000001]
%pa [0x0000000000001000]
%*pbl [0-1,3,9,60-64,69]
%*pb [21,f0000000,0000020b]
%*pb [20b]
%pe [-ENOMEM]
%pe [-ERESTARTSYS]
%pM [(null)]
%#x|%.0d|%08.3d|%0-4d|%#.4x [0x0|0|00000007|7   |0x0007]
%12px|%-12px|%#px [        1234|1234        |0x00000000001234]
%20pM|%-20pMR|%pmR [   00:01:7f:80:fe:ff|ff:fe:80:7f:01:00   |fffe807f0100]
%14pI4|%pI4l|%pI4b [  192.168.1.20|20.1.168.192|192.168.1.20]
%pI4 %4ph [(null) (null)]
%pe %pe %pe %pe [-EPROBE_DEFER -ENOTSUPP -EOPNOTSUPP -520]
%d%y%d [1]
five!
none
printk: 5 4
%d [8]
no level
shown
dump 00000000: 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01   ...............
0100 807f fffe
";
    let limited: String = (0..10).map(|i| format!("ratelimited {i}\n")).collect();
    assert_eq!(stdout, expected.to_owned() + &limited);
    let (status, _, stderr) = ukmod::run(&["run", file, "even=7", "--for", "0s", "--raw", "--cflag", "-w"]);
    assert_eq!(status, 3);
    assert!(stderr.contains("its set function returned -22"), "{stderr}");
}
