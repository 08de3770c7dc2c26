#!/usr/bin/env python3
"""Derives, from a real kernel's headers, which headers each of ours has to bring along and which names it has to declare.

    headers/derive.py FOLDER [FOLDER]
    headers/derive.py --missing [INCLUDE]
    headers/derive.py --supported UKMOD FOLDER [FOLDER]

FOLDER is where Debian's packages linux-headers-6.1.0-*-common and -amd64 were unpacked (`apt-get download`, `dpkg -x`); a
second one, of a later kernel, answers for headers that 6.1 does not have yet. It needs gcc and Universal Ctags. It writes

* headers/visible.txt: for each header, what a kernel's includes directly, and the names of ours that it declares itself;
* headers/words.txt: names of ours that are functions or variables in a kernel, and so may be a module's fields and labels, too;
* headers/macros.txt: names of macros of ours that are macros in a kernel, too, and so in a module's way there as here;
* the includes in each header of include/ that follow those of include/kt/core;
* include/HEADER for each that a kernel's headers bring along and that declares names of ours, or that is one of ours under its
  second name (linux/x.h, uapi/linux/x.h), so that it can be included by its own name, too;

and prints, as --missing does alone, how many headers there are, how many names they have to declare, each with all that it brings
along, and how many of these pairs are missing in INCLUDE, or in include/ (of an older commit: git worktree add).

--supported counts the names that a kernel's headers declare, in those that are here, too; how many of them ours declare, and how many
`ukmod supported` says are there; and tells where these two differ.

Tests (tests/visible.rs, tests/words.rs, tests/supported.rs) hold the headers to the tables. Nothing of the kernel's text is kept: names alone.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(PACKAGE, "include")
CORE = os.path.join(INCLUDE, "kt", "core")
TABLE = os.path.join(PACKAGE, "headers", "visible.txt")
WORDS = os.path.join(PACKAGE, "headers", "words.txt")
SHARED = os.path.join(PACKAGE, "headers", "macros.txt")
MODULE = ["-std=gnu11", "-D__KERNEL__", "-DMODULE", "-O2", "-w", '-DKBUILD_MODNAME="x"', '-DKBUILD_BASENAME="x"']
# Macros that our headers define for themselves, and guards.
OURS_ALONE = re.compile(r"^_*(kt_|KT_)")
# Not brought along: what of it a kernel brings along, the core files do, and the rest has words that older modules use otherwise.
WHEN_ASKED_FOR = {"linux/cleanup.h"}
# What is only ever a part of another header, which modules include instead.
PARTS = re.compile(r"_64\.h$|-gcc\.h$|-internal\.h$|^linux/fortify-string\.h$|^asm-generic/bitops/|byteorder/|^asm/shared/")
MARKER = re.compile(r'^# (\d+) "([^"]*)"')
DIRECTIVE = re.compile(r"^\s*#\s*(include|define|undef)\s+(.*)$")
KINDS = "--kinds-C=fgstuevpx"
# Macros in a kernel that has them configured; and the one variable that has to be a macro, since it is made when the runtime begins.
MACROS_ELSEWHERE = re.compile(r"^lockdep_is_held$|^lockdep_match_class$|^init_task$")


class Kernel:
    """An unpacked pair of header packages."""

    def __init__(self, folder):
        source = os.path.join(folder, "usr", "src")
        found = sorted(os.listdir(source))
        common = [name for name in found if name.endswith("-common")]
        built = [name for name in found if name.endswith("-amd64")]
        if len(common) != 1 or len(built) != 1:
            sys.exit(f"{source}: one linux-headers-*-common and one -amd64 are wanted, these are there: {found}")
        common, built = os.path.join(source, common[0]), os.path.join(source, built[0])
        self.roots = [
            common + "/arch/x86/include",
            built + "/arch/x86/include/generated",
            common + "/include",
            built + "/include",
            common + "/arch/x86/include/uapi",
            built + "/arch/x86/include/generated/uapi",
            common + "/include/uapi",
            built + "/include/generated/uapi",
        ]
        forced = [common + "/include/linux/" + name for name in ("compiler-version.h", "kconfig.h", "compiler_types.h")]
        self.flags = MODULE + ["-nostdinc", "-fshort-wchar", "-fno-pie", "-mcmodel=kernel", "-mno-sse", "-D__KBUILD_MODNAME=kmod_x", "-DCC_USING_FENTRY"]
        self.flags += [flag for root in self.roots for flag in ("-I", root)]
        self.flags += [flag for header in forced for flag in ("-include", header)]

    def has(self, header):
        return any(os.path.exists(os.path.join(root, header)) for root in self.roots)

    def name(self, path):
        """What an include calls the file at this path; uapi/ stays in front where it is so included."""
        for root in sorted(self.roots, key=len, reverse=True):
            if path.startswith(root + "/"):
                name = path[len(root) + 1 :]
                # The folders of user space's headers are searched for the plain names, too.
                return "uapi/" + name if root.endswith("/uapi") and not self.is_only_uapi(name) else name
        return None

    def is_only_uapi(self, name):
        return not any(os.path.exists(os.path.join(r, name)) for r in self.roots if not r.endswith("/uapi"))


class Ours:
    """Our own headers, read in the same way."""

    def __init__(self):
        own = subprocess.run(["gcc", "-print-file-name=include"], capture_output=True, text=True, check=True)
        self.flags = MODULE + ["-ffreestanding", "-nostdinc", "-isystem", own.stdout.strip(), "-I", INCLUDE]

    def headers(self):
        for folder, _, files in os.walk(INCLUDE):
            if not folder.startswith(os.path.join(INCLUDE, "kt")):
                yield from (os.path.relpath(os.path.join(folder, file), INCLUDE) for file in files)

    def name(self, path):
        return os.path.relpath(path, INCLUDE) if path.startswith(INCLUDE + "/") else None


def read(tree, header, parts=False):
    """The includes and the declared names of each file that this header brings in, by the file's name."""
    with tempfile.TemporaryDirectory() as scratch:
        source, expanded = os.path.join(scratch, "a.c"), os.path.join(scratch, "a.i")
        with open(source, "w") as file:
            # Some are parts of others, and do not compile before these.
            file.write(f"#include <linux/module.h>\n" * parts + f"#include <{header}>\n")
        gcc = subprocess.run(["gcc", "-E", "-dI", "-dD", *tree.flags, source, "-o", expanded], capture_output=True, text=True)
        if gcc.returncode and not parts:
            return read(tree, header, parts=True)
        if gcc.returncode:
            return None, gcc.stderr
        includes, names, words = {}, {}, ({}, set())
        with open(expanded) as file:
            lines = file.readlines()
        here, opened = None, None
        for line in lines:
            if marker := MARKER.match(line):
                flags = line.rsplit('"', 1)[1].split()
                entered = tree.name(marker[2])
                if "1" in flags and here and entered:
                    includes.setdefault(here, set()).add(entered)
                here = entered
            elif directive := DIRECTIVE.match(line):
                word = re.match(r"[<\"]?([^\s()<>\"]+)", directive[2])[1]
                if here is None:
                    continue
                if directive[1] == "include":
                    includes.setdefault(here, set()).add("?" + word)
                elif directive[1] == "define":
                    names.setdefault(here, set()).add(word)
                    words[1].add(word)
                else:
                    for declared in names.values():
                        declared.discard(word)
        ctags = subprocess.run(
            ["ctags", "--options=NONE", "--language-force=C", "--line-directives=yes", "--fields=K", "-I", "__asm__+", KINDS, "-u", "-f", "-", expanded],
            capture_output=True, text=True, errors="replace", check=True,
        )
        for line in ctags.stdout.splitlines():
            if line.startswith("!"):
                continue
            word, path, rest = line.split("\t", 2)
            kind = rest.rsplit("\t", 1)[-1]
            file = tree.name(path)
            if file and not word.startswith("__anon"):
                if kind in ("function", "prototype", "variable", "externvar"):
                    words[0].setdefault(word, kind)
                names.setdefault(file, set()).add((kind + " " if kind in ("struct", "union", "enum") else "") + word)
    return (includes, names, words), None


def read_all(tree, headers):
    """Of all these headers and what they bring in. Those that do not compile alone are told."""
    includes, names, failed, functions, macros = {}, {}, {}, set(), set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, (result, error) in zip(headers, pool.map(lambda header: read(tree, header), headers)):
            if result is None:
                failed[header] = error
                continue
            for file, of in result[0].items():
                includes.setdefault(file, set()).update(of)
            for file, of in result[1].items():
                names.setdefault(file, set()).update(of)
            functions.update(result[2][0])
            macros.update(result[2][1])
    return includes, names, failed, functions - macros


def resolve(includes, ours, kernel):
    """Includes by the names of `ours`: of a header that was not opened again only the word of the directive is known."""
    resolved = {}
    for file, of in includes.items():
        known = {header for header in of if not header.startswith("?")}
        for word in (header[1:] for header in of if header.startswith("?")):
            known.add(word if kernel.has(word) else "")
        resolved[file] = known - {"", file}
    return resolved


def reachable(graph, start):
    found, todo = set(), [start]
    while todo:
        for header in graph.get(todo.pop(), ()):
            if header not in found:
                found.add(header)
                todo.append(header)
    return found


def contracted(graph, start, keep):
    """The headers of `keep` that one meets first on the ways from `start`."""
    met, passed, todo = set(), set(), [start]
    while todo:
        for header in graph.get(todo.pop(), ()):
            if header in keep:
                met.add(header)
            elif header not in passed:
                passed.add(header)
                todo.append(header)
    return met - {start}


def reduced(graph):
    """Drops what another include of the same header brings along anyway, one after another, so that nothing gets lost."""
    graph = {header: set(of) for header, of in graph.items()}
    for header in sorted(graph):
        for include in sorted(graph[header]):
            graph[header].discard(include)
            if include not in reachable(graph, header):
                graph[header].add(include)
    return graph


def write_wrapper(header, brings):
    """The includes of include/HEADER that follow those of the core; all else in it stays as it is."""
    path = os.path.join(INCLUDE, header)
    with open(path) as file:
        kept = [line for line in file.read().split("\n") if line.startswith("#include <kt/") or not line.startswith("#include")]
    kept = [line for line in kept if not line.startswith("/* What a kernel's")]
    end = max(index for index, line in enumerate(kept) if line == "#endif")
    body = "\n".join(kept[:end]).rstrip("\n")
    block = "".join(f"#include <{name}>\n" for name in sorted(brings))
    with open(path, "w") as file:
        file.write(body + "\n" + (f"\n/* What a kernel's {header} brings along. */\n{block}" if block else "") + "\n#endif\n")


def second_names(kernel, mine):
    """Ours, as a kernel's folders for user space's headers make them known, too."""
    for header in mine:
        name = header[len("uapi/") :] if header.startswith("uapi/") else "uapi/" + header
        if name not in mine and kernel.has(name):
            yield name, header


def add_header(header, cores):
    path = os.path.join(INCLUDE, header)
    guard = "KT_" + re.sub(r"\W", "_", header).upper()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        includes = "".join(f"#include <{core}>\n" for core in sorted(cores))
        file.write(f"/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n#ifndef {guard}\n#define {guard}\n\n{includes}\n#endif\n")


def add_missing(kernels, keep, names, declared, mine):
    """The headers that are not here by their own name, though what they declare is."""
    added = set()
    for header in sorted(keep - mine):
        cores = {core for core, of in declared.items() if core.startswith("kt/core/") and of & names.get(header, set())}
        if cores and not PARTS.search(header):
            add_header(header, cores)
            added.add(header)
    for kernel in kernels:
        for name, header in sorted(second_names(kernel, mine)):
            with open(os.path.join(INCLUDE, header)) as file:
                cores = set(re.findall(r"^#include <(kt/[^>]*)>", file.read(), re.M))
            if name not in added and cores and not PARTS.search(name):
                add_header(name, cores)
                added.add(name)
    return added


def macros_below(folders):
    """The names in small letters that any header there defines as a macro, however it is configured."""
    found = set()
    for folder, _, files in (step for root in folders for step in os.walk(root)):
        for name in files:
            with open(os.path.join(folder, name), errors="replace") as file:
                found.update(re.findall(r"^\s*#\s*define\s+(_*[a-z]\w*)", file.read(), re.M))
    return found


def visible():
    """Of the table: what each header has to declare, with all that it brings along."""
    brings, declares, header = {}, {}, None
    with open(TABLE) as file:
        for line in (line.rstrip("\n") for line in file if not line.startswith("#")):
            if line.startswith("\t: "):
                declares[header] = line[3:].split(", ")
            elif line.startswith("\t"):
                brings[header].add(line[1:])
            else:
                header = line
                brings[header] = set()
    return {h: {name for of in reachable(brings, h) | {h} for name in declares.get(of, ())} for h in brings}


def lacks(include, header, names):
    """Which of the names a module that includes only this header can't use."""
    if not os.path.exists(os.path.join(include, header)):
        return names
    uses = []
    for number, name in enumerate(sorted(names)):
        use = f"struct kt_use_{number} {{ {name} field; }};" if " " in name else f"#ifndef {name}\ntypedef __typeof__({name}) *kt_use_{number};\n#endif"
        uses.append(f'# 1 "{name}"\n{use}\n')
    gcc = subprocess.run(
        ["gcc", "-xc", "-", "-fsyntax-only", "-fmax-errors=0", "-ffreestanding", "-nostdinc", "-isystem", compilers_headers(), "-I", include, *MODULE],
        input=f"#include <{header}>\n" + "".join(uses), capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"},
    )
    refused = {line.split(":")[0] for line in gcc.stderr.split("\n") if ": error: " in line}
    return {name for name in names if name in refused}


def compilers_headers():
    return subprocess.run(["gcc", "-print-file-name=include"], capture_output=True, text=True, check=True).stdout.strip()


def tell_missing(include):
    table = visible()
    headers = [header for header in table if os.path.exists(os.path.join(INCLUDE, header))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        missing = sum(map(len, pool.map(lambda header: lacks(include, header, table[header]), headers)))
    print(f"headers {len(headers)}, pairs {sum(len(table[header]) for header in headers)}, missing {missing}")


def tell_supported(ukmod, folders):
    ours = Ours()
    headers = sorted(ours.headers())
    _, declared, _, _ = read_all(ours, headers)
    mine = {name.split()[-1] for of in declared.values() for name in of}
    theirs, answered = set(), set()
    for kernel in map(Kernel, folders):
        asked = [header for header in headers if header not in answered and kernel.has(header)]
        _, found, failed, _ = read_all(kernel, asked)
        answered |= set(asked) - set(failed)
        theirs |= {name.split()[-1] for file, of in found.items() if file in answered for name in of}
    names = sorted(theirs)
    said = {}
    for begin in range(0, len(names), 1000):
        told = subprocess.run([ukmod, "supported", *names[begin : begin + 1000]], capture_output=True, text=True)
        said.update(line.rsplit(": ", 1) for line in told.stdout.splitlines())
    there = {name for name in names if said[name] == "there"}
    print(f"headers {len(answered)}: a kernel's declare {len(names)} names, ours {len(theirs & mine)} of these; ukmod supported: {len(there)}")
    print(f"declared, and told as missing: {sorted((theirs & mine) - there)}")
    print(f"told as there, and not declared for the version that is the default: {sorted(there - mine)}")


def main(folders):
    if folders[:1] == ["--supported"]:
        return tell_supported(folders[1], folders[2:])
    if folders[:1] == ["--missing"]:
        return tell_missing(*folders[1:] or [INCLUDE])
    if not folders:
        sys.exit(__doc__)
    kernels = [Kernel(folder) for folder in folders]
    ours = Ours()
    headers = sorted(ours.headers())
    mine = set(headers)

    _, declared, failed, _ = read_all(ours, headers)
    for header, error in failed.items():
        sys.exit(f"{header} does not compile alone:\n{error}")
    all_names = {name for of in declared.values() for name in of if not OURS_ALONE.match(name.split()[-1])}

    graph, names, answered, words, shared = {}, {}, set(), set(), set()
    defined = macros_below([INCLUDE])
    for kernel in kernels:
        asked = [header for header in headers if header not in answered and kernel.has(header)]
        includes, found, failed, functions = read_all(kernel, asked)
        shared |= macros_below(kernel.roots) & defined
        words |= {name for name in functions & all_names if name.islower() and not MACROS_ELSEWHERE.match(name)}
        includes = resolve(includes, mine, kernel)
        answered |= set(asked) - set(failed)
        for header, error in failed.items():
            print(f"{header}: does not compile alone in {kernel.roots[2]}: {error.splitlines()[0]}")
        for file, of in includes.items():
            # The first kernel's word counts.
            graph.setdefault(file, of)
        for file, of in found.items():
            names.setdefault(file, of & all_names)

    told = {file for file, of in names.items() if of} | mine
    table = {file: contracted(graph, file, told) for file in told if file in graph or names.get(file)}
    keep = set(answered).union(*(reachable(table, header) for header in answered))
    table = reduced({file: of for file, of in table.items() if file in keep})
    if added := add_missing(kernels, keep, names, declared, mine):
        print(f"new headers, which the tables get now: {', '.join(sorted(added))}")
        return main(folders)
    with open(TABLE, "w") as file:
        file.write("# Made by headers/derive.py from a kernel's headers: what each brings along, and what of ours it declares itself.\n")
        for header in sorted(keep):
            file.write(f"{header}\n")
            for include in sorted(table.get(header, ())):
                file.write(f"\t{include}\n")
            if declares := sorted(names.get(header, ())):
                file.write("\t: " + ", ".join(declares) + "\n")
    with open(WORDS, "w") as file:
        file.write("# Made by headers/derive.py: names of ours that are functions or variables in a kernel.\n")
        file.write("".join(f"{word}\n" for word in sorted(words)))
    with open(SHARED, "w") as file:
        file.write("# Made by headers/derive.py: macros of ours that are macros in a kernel, too.\n")
        file.write("".join(f"{word}\n" for word in sorted(shared)))
    wrappers = reduced({header: contracted(graph, header, mine) for header in headers})
    for header in headers:
        write_wrapper(header, wrappers[header] - WHEN_ASKED_FOR)
    print(f"{len(answered)} headers, {sum(map(len, names.values()))} names; not in a kernel: {sorted(mine - answered)}")
    tell_missing(INCLUDE)


if __name__ == "__main__":
    main(sys.argv[1:])
