//! The symbols of functions that are written in C, such as variadic ones: jumps to them.

use std::arch::naked_asm;

macro_rules! jumps {
    ($($name:ident => $target:ident;)*) => {
        unsafe extern "C" {
            $( fn $target(); )*
        }
        $(
            /// Jumps to the target, which finds all arguments unchanged.
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name() {
                #[cfg(target_arch = "x86_64")]
                naked_asm!("jmp {}", sym $target);
                #[cfg(target_arch = "aarch64")]
                naked_asm!("b {}", sym $target);
            }
        )*
    };
}

jumps! {
    _printk => kt_shim_printk;
    alloc_workqueue => kt_shim_alloc_workqueue;
    dev_set_name => kt_shim_dev_set_name;
    device_create => kt_shim_device_create;
    device_create_with_groups => kt_shim_device_create_with_groups;
    kasprintf => kt_shim_kasprintf;
    kobject_add => kt_shim_kobject_add;
    kobject_init_and_add => kt_shim_kobject_init_and_add;
    kobject_set_name => kt_shim_kobject_set_name;
    kthread_create_on_node => kt_shim_kthread_create_on_node;
    kthread_create_worker => kt_shim_kthread_create_worker;
    kthread_create_worker_on_cpu => kt_shim_kthread_create_worker_on_cpu;
    kthread_create_worker_on_node => kt_shim_kthread_create_worker_on_node;
    kt_kthread_create_on_cpu_named => kt_shim_kthread_create_on_cpu;
    kt_vsnprintf => kt_shim_vsnprintf;
    kt_snprintf => kt_shim_snprintf;
    kt_sprintf => kt_shim_sprintf;
    kt_sscanf => kt_shim_sscanf;
    kt_vprintk => kt_shim_vprintk;
    kt_vsscanf => kt_shim_vsscanf;
    kvasprintf => kt_shim_kvasprintf;
    scnprintf => kt_shim_scnprintf;
    seq_printf => kt_shim_seq_printf;
    seq_vprintf => kt_shim_seq_vprintf;
    sysfs_emit => kt_shim_sysfs_emit;
    sysfs_emit_at => kt_shim_sysfs_emit_at;
    vscnprintf => kt_shim_vscnprintf;
}

// What is written in C over the headers: `shim/exports.txt`.
include!(concat!(env!("OUT_DIR"), "/exports.rs"));
