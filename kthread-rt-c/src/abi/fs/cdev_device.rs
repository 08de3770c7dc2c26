//! `cdev_device_add`: adds a device and the cdev for its number, which are parts of one structure.

use super::chrdev::{self, Cdev};
use super::device::{Device, device_add, device_del};
use std::ffi::c_int;

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_device_add(cdev: *mut Cdev, dev: *mut Device) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let devt = (*dev).devt;
        if devt != 0 {
            chrdev::cdev_set_parent(cdev, &raw mut (*dev).kobj);
            match chrdev::cdev_add(cdev, devt, 1) {
                0 => {}
                error => return error,
            }
        }
        let error = device_add(dev);
        if error != 0 && devt != 0 {
            chrdev::cdev_del(cdev);
        }
        error
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_device_del(cdev: *mut Cdev, dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe {
        device_del(dev);
        if (*dev).devt != 0 {
            chrdev::cdev_del(cdev);
        }
    }
}
