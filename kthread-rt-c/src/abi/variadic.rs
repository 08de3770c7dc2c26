//! The symbols of variadic functions: jumps to where C formats.

use std::arch::naked_asm;

macro_rules! jumps {
    ($($name:ident => $target:ident;)*) => {
        unsafe extern "C" {
            $( fn $target(); )*
        }
        $(
            /// A jump: the arguments, wherever they are, are the target's.
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
    kthread_create_on_node => kt_shim_kthread_create_on_node;
    kthread_create_worker => kt_shim_kthread_create_worker;
    kthread_create_worker_on_cpu => kt_shim_kthread_create_worker_on_cpu;
    kthread_create_worker_on_node => kt_shim_kthread_create_worker_on_node;
    kt_kthread_create_on_cpu_named => kt_shim_kthread_create_on_cpu;
    kt_vsnprintf => kt_shim_vsnprintf;
    kt_snprintf => kt_shim_snprintf;
    kt_sprintf => kt_shim_sprintf;
    kt_vprintk => kt_shim_vprintk;
}
