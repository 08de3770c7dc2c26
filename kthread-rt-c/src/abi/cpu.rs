//! `linux/cpu.h`: cpus that come and go, and who keeps them from it.

use super::int;
use std::ffi::{c_int, c_uint};

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_lock() {
    kthread_rt::cpus_read_lock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_trylock() -> c_int {
    kthread_rt::cpus_read_trylock().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_unlock() {
    kthread_rt::cpus_read_unlock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_write_lock() {
    kthread_rt::cpus_write_lock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_write_unlock() {
    kthread_rt::cpus_write_unlock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn lockdep_is_cpus_held() -> c_int {
    kthread_rt::lockdep_is_cpus_held().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn add_cpu(cpu: c_uint) -> c_int {
    int(kthread_rt::add_cpu(cpu))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn remove_cpu(cpu: c_uint) -> c_int {
    int(kthread_rt::remove_cpu(cpu))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpu_hotplug_disable() {
    kthread_rt::cpu_hotplug_disable();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpu_hotplug_enable() {
    kthread_rt::cpu_hotplug_enable();
}
