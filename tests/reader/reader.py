"""Reads a disk image from docs/format.md alone, as a second opinion on rvdisk.

reader.py check IMAGE       prints what rvdisk check counts; exit 0 good, 1 not
reader.py constants HEADER  compares the document's constants with a C header
"""
import ctypes
import mmap
import pathlib
import re
import struct
import sys

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "format.md"
BLOCK = 4096
SECOND_SEED = 0x9E3779B97F4A7C15
SPACE_FIRST, SPACE_BITS = 1 << 18, 32768
ENTRY = struct.Struct("<6s6sI16s")
RECORD = struct.Struct("<QQQq32s32sQQIIQ")
RECENT_FIRST, RECENT_SIZE = 64, 40
DEAD_FIRST, DEAD_SIZE = 2944, 16
DYING = 2

xxh64 = ctypes.CDLL("libxxhash.so.0").XXH64
xxh64.restype = ctypes.c_uint64
xxh64.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]


def constants():
    rows = re.findall(r"^\| (FORMAT_\w+) \| (\d+) \|", DOCUMENT.read_text(),
                      re.M)
    return {name: int(value) for name, value in rows}


F = constants()


def hash_of(data):
    return struct.pack("<QQ", xxh64(data, len(data), 0),
                       xxh64(data, len(data), SECOND_SEED))


class Entry:
    def __init__(self, data):
        block, birth, flags, self.hash = ENTRY.unpack(data)
        self.block = int.from_bytes(block, "little")
        self.birth = int.from_bytes(birth, "little")
        self.present = flags & 1


class Root:
    """What a root block says: a tree, the pages in front of it, and dead."""
    def __init__(self, data):
        self.tree = Entry(data[:32])
        recent, self.dead = struct.unpack_from("<QQ", data, 32)
        self.recent = [self.page(data, i)
                       for i in range(min(recent, F["FORMAT_RECENT"]))]
        keys = [key for key, _ in self.recent]
        self.good = (recent == len(keys) and keys == sorted(set(keys))
                     and self.dead <= F["FORMAT_ROOT_DEAD"]
                     and not any(self.unnamed(data)))

    def unnamed(self, data):
        return (data[48:RECENT_FIRST]
                + data[RECENT_FIRST + RECENT_SIZE * len(self.recent):DEAD_FIRST]
                + data[DEAD_FIRST + DEAD_SIZE * self.dead:])

    @staticmethod
    def page(data, i):
        at = RECENT_FIRST + RECENT_SIZE * i
        key, = struct.unpack_from("<Q", data, at)
        return key, Entry(data[at + 8:at + RECENT_SIZE])


class Part:
    """Which part of a tree belongs to a generation: what was born after some
    generation, from a key on, without the keys whose entries are stale."""
    def __init__(self, after=0, cursor=0, stale=()):
        self.after, self.cursor, self.stale = after, cursor, tuple(stale)

    def within(self, first, end):
        return Part(self.after, self.cursor if self.cursor > first else 0,
                    (key for key in self.stale if first <= key < end))

    def has(self, key, entry):
        return (entry.present and entry.birth > self.after
                and key >= self.cursor and key not in self.stale)

    def has_node(self, end, entry):
        return entry.present and entry.birth > self.after and end > self.cursor

    def key(self):
        return self.after, self.cursor, self.stale


class Super:
    def __init__(self, data):
        (self.magic, self.major, self.minor, *_) = struct.unpack_from(
            "<8sHH", data)
        self.incarnation, self.generation = struct.unpack_from("<QQ", data, 32)
        self.free_blocks, self.free_pairs, self.places = struct.unpack_from(
            "<QQQ", data, 64)
        self.heap, self.meta = Entry(data[128:160]), Entry(data[160:192])
        self.blocks, count = struct.unpack_from("<QQ", data, 192)
        self.segments = [struct.unpack_from("<QQ", data, 208 + 16 * i)
                         for i in range(min(count, F["FORMAT_SEGMENTS"]))]
        self.good = (self.magic == b"REVENANT"
                     and hash_of(data[:496]) == data[496:512])


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:  # most of a disk is empty
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.bad = self.pages = self.nodes = self.generations = 0
        self.reached, self.pairs, self.walked = set(), {}, set()
        self.read_rings()

    def block(self, number):
        return self.bytes[number * BLOCK:(number + 1) * BLOCK]

    def read_rings(self):
        last = len(self.bytes) // BLOCK
        ring = F["FORMAT_RING"]
        supers = [Super(self.block(n)[:512])
                  for n in [*range(ring), *range(last - ring, last)]]
        supers = [s for s in supers if s.good]
        if not supers:
            sys.exit("no superblock verifies")
        self.super = max(supers, key=lambda s: (s.incarnation, s.generation))
        if (self.super.major, self.super.minor) != (F["FORMAT_MAJOR"],
                                                    F["FORMAT_MINOR"]):
            sys.exit("another format")

    def partner(self, block):
        for first, blocks in self.super.segments:
            if first <= block < first + blocks // 2:
                return block + blocks // 2
        return None

    def wrong(self, what, block):
        self.bad += 1
        print(f"{what} in block {block}")

    def meta(self, entry, what):
        """The bytes of a pair, None where neither verifies. It is verified
        and counted as bad only once for each hash that names it."""
        name = entry.block, entry.hash
        if name not in self.pairs:
            self.pairs[name] = self.verify(entry, what)
        return self.pairs[name]

    def verify(self, entry, what):
        second = self.partner(entry.block)
        if second is None:
            self.wrong(what, entry.block)
            return None
        self.reached |= {entry.block, second}
        good = None
        for block in (second, entry.block):
            data = self.block(block)
            if hash_of(data) == entry.hash:
                good = data
            else:
                self.wrong(what, block)
        return good

    def first_walk(self, *what):
        """Whether this was not walked before; from now on, it was."""
        if what in self.walked:
            return False
        self.walked.add(what)
        return True

    def data(self, entry):
        if entry.block in self.reached:
            return
        self.reached.add(entry.block)
        self.pages += 1
        if hash_of(self.block(entry.block)) != entry.hash:
            self.wrong("page", entry.block)

    def node(self, entry, what="node"):
        """The bytes of a node or a root block, which is counted once."""
        data = self.meta(entry, what)
        if data is not None and self.first_walk("count", entry.block):
            self.nodes += 1
        return data

    def tree(self, entry, level, first, leaf, part):
        """Calls leaf for what belongs to a part of a tree. A node that trees
        share is walked again where another part of it is wanted."""
        span = 1 << F["FORMAT_FANOUT_BITS"] * level
        end = first + span * F["FORMAT_FANOUT"]
        if not part.has_node(end, entry):
            return
        part = part.within(first, end)
        if not self.first_walk(entry.block, level, first, part.key()):
            return
        node = self.node(entry)
        if node is None:
            return
        for i in range(F["FORMAT_FANOUT"]):
            child, key = Entry(node[32 * i:32 * i + 32]), first + i * span
            if level:
                self.tree(child, level - 1, key, leaf, part)
            elif part.has(key, child):
                leaf(key, child)

    def root(self, entry):
        data = self.node(entry, "root block")
        if data is None:
            return None
        root = Root(data)
        if self.first_walk("root", entry.block) and not root.good:
            self.wrong("root block that is not in order", entry.block)
        return root

    def heap(self, entry, after=0, cursor=0):
        """What is named by a root block. The cursor is one of the tree only:
        the recent pages of a dying record go last, with the root block."""
        if not entry.present or entry.birth <= after:
            return
        root = self.root(entry)
        if root is None:
            return
        for _, page in root.recent:
            if page.present and page.birth > after:
                self.data(page)
        self.tree(root.tree, F["FORMAT_HEAP_LEVELS"] - 1, 0,
                  lambda _, page: self.data(page),
                  Part(after, cursor, (key for key, _ in root.recent)))

    def deadlist(self, root):
        waiting = [root] if root.present else []
        while waiting:
            entry = waiting.pop()
            data = self.meta(entry, "deadlist")
            if data is None or not self.first_walk("deadlist", entry.block):
                continue
            links, = struct.unpack_from("<I", data)
            waiting += [Entry(data[32 + 40 * i:64 + 40 * i])
                        for i in range(links)]

    def record(self, data):
        (generation, parent, _, _, heap, dead, _, _, _, flags,
         cursor) = RECORD.unpack(data)
        if generation == 0:
            return
        if flags & DYING:
            self.heap(Entry(heap), parent, cursor)
        else:
            self.generations += 1
            self.heap(Entry(heap))
        self.deadlist(Entry(dead))

    def check(self):
        if self.super.generation == 0:
            print("nothing is durable on this disk yet")
            return True
        directory, space = {}, {}

        def leaf(key, entry):
            data = self.meta(entry, "metadata")
            if data is not None:
                (space if key >= SPACE_FIRST else directory)[key] = data
        self.tree(self.super.meta, F["FORMAT_META_LEVELS"] - 1, 0, leaf,
                  Part())
        for data in directory.values():
            for i in range(F["FORMAT_RECORDS"]):
                self.record(data[128 * i:128 * i + 128])
        unmarked = sum(not self.used(space, block) for block in self.reached)
        print(f"{self.generations} generations, {self.pages} pages, "
              f"{self.nodes} nodes verified; {self.bad} bad blocks")
        if unmarked:
            print(f"{unmarked} reachable blocks are marked as free")
        unused = self.unused(space)
        if unused:
            print(f"{unused} blocks are used by nothing")
        return self.bad == 0 and unmarked == 0

    def unused(self, space):
        """How many blocks of the segments are marked as used, and are not."""
        edge = F["FORMAT_EDGE"]
        return sum(block not in self.reached and bool(self.used(space, block))
                   for block in range(edge, self.super.blocks - edge))

    @staticmethod
    def used(space, block):
        page = space.get(SPACE_FIRST + block // SPACE_BITS)
        bit = block % SPACE_BITS
        return page is None or page[bit // 8] >> bit % 8 & 1


def compare_constants(header):
    text = pathlib.Path(header).read_text()
    wrong = [name for name, value in F.items()
             if not re.search(rf"\b{name} = {value}\b", text)]
    for name in wrong:
        print(f"{name}: the document says {F[name]}, the code does not")
    return bool(F) and not wrong


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("check", "constants"):
        sys.exit(__doc__)
    good = (compare_constants(sys.argv[2]) if sys.argv[1] == "constants"
            else Image(sys.argv[2]).check())
    sys.exit(0 if good else 1)


main()
