//! `linux/rbtree.h`: trees of nodes that live in other structures.
//!
//! A caller puts a new node where it belongs by order, as a leaf; what is done here is to keep the tree flat. Not by colours:
//! each node has a priority, which is a hash of its address, and no node's is greater than its parent's. Such a tree (a treap)
//! is as deep as one whose nodes were inserted in random order: about twice the logarithm. A new node rotates up to its place;
//! one that goes rotates down until it has at most one child. The word that the kernel keeps the parent and the colour in has
//! the parent alone.

use std::ptr;

/// `struct rb_node`.
#[repr(C, align(8))]
pub(super) struct Node {
    parent: *mut Node,
    right: *mut Node,
    left: *mut Node,
}

/// `struct rb_root`.
#[repr(C)]
pub(super) struct Root {
    node: *mut Node,
}

/// A hash of the address.
fn priority(node: *const Node) -> u64 {
    let spread = (node.addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread ^ spread >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

/// Makes what led to `old` lead to `new`.
///
/// # Safety
///
/// The tree is whole, but for what the caller changes.
unsafe fn replace(root: *mut Root, parent: *mut Node, old: *mut Node, new: *mut Node) {
    // SAFETY: the contract.
    unsafe {
        if parent.is_null() {
            (*root).node = new;
        } else if (*parent).left == old {
            (*parent).left = new;
        } else {
            (*parent).right = new;
        }
        if !new.is_null() {
            (*new).parent = parent;
        }
    }
}

/// Lifts a node above its parent, with the order kept.
///
/// # Safety
///
/// The tree is whole, and the node has a parent.
unsafe fn lift(root: *mut Root, node: *mut Node) {
    // SAFETY: the contract.
    unsafe {
        let parent = (*node).parent;
        replace(root, (*parent).parent, parent, node);
        let child = if (*parent).left == node {
            (*parent).left = (*node).right;
            std::mem::replace(&mut (*node).right, parent)
        } else {
            (*parent).right = (*node).left;
            std::mem::replace(&mut (*node).left, parent)
        };
        if !child.is_null() {
            (*child).parent = parent;
        }
        (*parent).parent = node;
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_insert_color(node: *mut Node, root: *mut Root) {
    // SAFETY: the C contract: `rb_link_node` has made it a leaf.
    unsafe {
        while !(*node).parent.is_null() && priority(node) > priority((*node).parent) {
            lift(root, node);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_erase(node: *mut Node, root: *mut Root) {
    // SAFETY: the C contract: it is in the tree.
    unsafe {
        while !(*node).left.is_null() && !(*node).right.is_null() {
            let (left, right) = ((*node).left, (*node).right);
            lift(root, if priority(left) > priority(right) { left } else { right });
        }
        let child = if (*node).left.is_null() { (*node).right } else { (*node).left };
        replace(root, (*node).parent, node, child);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_replace_node(victim: *mut Node, new: *mut Node, root: *mut Root) {
    // SAFETY: the C contract: the new one takes the place of the other, and its priority does not fit that, which
    // costs some depth at most.
    unsafe {
        ptr::copy_nonoverlapping(victim, new, 1);
        replace(root, (*victim).parent, victim, new);
        for child in [(*new).left, (*new).right] {
            if !child.is_null() {
                (*child).parent = new;
            }
        }
    }
}

/// As far as it goes to one side.
unsafe fn outermost(mut node: *mut Node, side: impl Fn(&Node) -> *mut Node) -> *mut Node {
    // SAFETY: the C contract.
    unsafe {
        while !node.is_null() && !side(&*node).is_null() {
            node = side(&*node);
        }
    }
    node
}

/// The neighbour on one side: below, or else the first ancestor that is on that side.
unsafe fn neighbour(
    node: *const Node,
    near: impl Fn(&Node) -> *mut Node,
    far: impl Fn(&Node) -> *mut Node,
) -> *mut Node {
    // SAFETY: the C contract.
    unsafe {
        // RB_CLEAR_NODE's mark.
        if ptr::eq((*node).parent, node) {
            return ptr::null_mut();
        }
        let below = near(&*node);
        if !below.is_null() {
            return outermost(below, far);
        }
        let (mut node, mut parent) = (node, (*node).parent);
        while !parent.is_null() && ptr::eq(near(&*parent), node) {
            (node, parent) = (parent, (*parent).parent);
        }
        parent
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_first(root: *const Root) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { outermost((*root).node, |node| node.left) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_last(root: *const Root) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { outermost((*root).node, |node| node.right) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_next(node: *const Node) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { neighbour(node, |node| node.right, |node| node.left) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_prev(node: *const Node) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { neighbour(node, |node| node.left, |node| node.right) }
}

/// The leaf that is reached by going left, and right where there is no left.
unsafe fn first_leaf(node: *mut Node) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { outermost(node, |node| if node.left.is_null() { node.right } else { node.left }) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_first_postorder(root: *const Root) -> *mut Node {
    // SAFETY: the C contract.
    unsafe { first_leaf((*root).node) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn rb_next_postorder(node: *const Node) -> *mut Node {
    if node.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the C contract.
    unsafe {
        let parent = (*node).parent;
        if parent.is_null() || !ptr::eq((*parent).left, node) || (*parent).right.is_null() {
            return parent;
        }
        first_leaf((*parent).right)
    }
}
