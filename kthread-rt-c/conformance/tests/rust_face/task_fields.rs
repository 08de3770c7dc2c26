//! What is seen of a task, as `questions/task_fields.c` asks of it.

use crate::ask::*;

cases![letters];

fn letters() {
    let states = [TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE];
    let letters = states.map(|state| {
        set_current_state(state);
        let letter = task_state_to_char(&current());
        __set_current_state(TASK_RUNNING);
        letter
    });
    answer!("letters={}", letters.into_iter().collect::<String>());
}
