"""A recording of blklogwrites, and disks as power cuts in it may leave them.

The log has writes and flushes in the order in which the machine asked for them.
The machine waits for what a flush is to cover, so all writes before a flush are
on the medium when the next request comes; of those behind the last flush any
part may be, in units of 512 bytes, in any order.
"""
import random
import struct

SECTOR, BLOCK, RING = 512, 4096, 64
LOG_MAGIC, FLUSH, FUA, DISCARD = 0x6A736677736872, 1, 2, 4


def superblock(block, data, blocks):
    """The generation that a write claims, None: it is no superblock."""
    if not (block < RING or block >= blocks - RING) or data[:8] != b"REVENANT":
        return None
    return struct.unpack_from("<Q", data, 40)[0]


class Write:
    def __init__(self, sector, data, blocks):
        self.sector, self.data = sector, data
        self.block = sector * SECTOR // BLOCK
        self.claims = superblock(self.block, data, blocks)


class Recording:
    """Writes and flushes (None) in order."""

    def __init__(self, path, disk_bytes):
        self.disk_bytes = disk_bytes
        self.requests = []
        with open(path, "rb") as file:
            magic, _, count, sector = struct.unpack("<QQQI", file.read(28))
            if magic != LOG_MAGIC or sector != SECTOR:
                raise ValueError(f"{path} is no log")
            file.seek(SECTOR)
            for _ in range(count):
                self.read_entry(file)
        self.flushes = [i for i, request in enumerate(self.requests)
                        if request is None]

    def read_entry(self, file):
        sector, sectors, flags, _ = struct.unpack(
            "<QQQQ", file.read(SECTOR)[:32])
        if flags & ~FLUSH:
            raise ValueError(f"flags {flags} are not expected")
        data = file.read(sectors * SECTOR)
        if sectors:
            self.requests.append(Write(sector, data, self.disk_bytes // BLOCK))
        if flags & FLUSH:
            self.requests.append(None)

    def writes(self, first, end):
        return [request for request in self.requests[first:end] if request]

    def durable(self, end):
        """The newest generation with both superblocks among these writes."""
        copies = {}
        for write in self.writes(0, end):
            if write.claims:
                copies.setdefault(write.claims, set()).add(write.block)
        return max((generation for generation, blocks in copies.items()
                    if len(blocks) == 2), default=0)

    def epoch(self, number):
        """The requests between flush number - 1 and flush `number`."""
        ends = self.flushes + [len(self.requests)]
        return ends[number - 1] + 1 if number > 0 else 0, ends[number]


class State:
    """What one power cut leaves: all before `first`, then `parts`, which are
    (sector, bytes)."""

    def __init__(self, recording, seed, number):
        chance = random.Random(f"{seed} {number}")
        self.name = f"seed {seed}, state {number}"
        self.recording = recording
        self.first, end = recording.epoch(
            chance.randrange(len(recording.flushes) + 1))
        self.cut = chance.randint(self.first, end)
        self.kind = chance.choice(["prefix", "subset", "torn"])
        pending = recording.writes(self.first, self.cut)
        self.parts = getattr(self, self.kind)(pending, chance)
        self.durable = recording.durable(self.first)
        self.newest = max((write.claims or 0
                           for write in recording.writes(0, self.cut)),
                          default=0)

    @staticmethod
    def prefix(pending, _):
        return [(write.sector, write.data) for write in pending]

    @staticmethod
    def subset(pending, chance):
        share = chance.choice([0.1, 0.5, 0.9])
        kept = [write for write in pending if chance.random() < share]
        chance.shuffle(kept)
        return State.prefix(kept, chance)

    @staticmethod
    def torn(pending, chance):
        share = chance.choice([0.1, 0.5, 0.9])
        kept = [(write.sector + i, write.data[i * SECTOR:(i + 1) * SECTOR])
                for write in pending
                for i in range(len(write.data) // SECTOR)
                if chance.random() < share]
        chance.shuffle(kept)
        return kept

    def durable_parts(self):
        return self.prefix(self.recording.writes(0, self.first), None)

    def make(self, path):
        make_image(path, self.recording.disk_bytes,
                   self.durable_parts() + self.parts)


class Loss(State):
    """The newest generation's disk, without writes that a flush had covered:
    `which` gets those of its data and of its superblocks, and chooses."""

    def __init__(self, recording, name, which):
        self.name, self.kind, self.recording = name, "loss", recording
        number = max(i for i in range(1, len(recording.flushes))
                     if any(write.claims
                            for write in recording.writes(*recording.epoch(i))))
        self.cut = self.first = recording.flushes[number]
        dropped = which(recording.writes(*recording.epoch(number - 1)),
                        recording.writes(*recording.epoch(number)))
        self.parts = self.prefix([write for write in
                                  recording.writes(0, self.cut)
                                  if write not in dropped], None)
        self.durable = self.newest = recording.durable(self.cut)

    def durable_parts(self):
        return []


def make_image(path, size, parts):
    """A sparse file with these parts, the later ones on top."""
    sectors = {}
    for sector, data in parts:
        for i in range(0, len(data), SECTOR):
            sectors[sector + i // SECTOR] = data[i:i + SECTOR]
    with open(path, "wb") as file:
        file.truncate(size)
        for sector in sorted(sectors):
            file.seek(sector * SECTOR)
            file.write(sectors[sector])
