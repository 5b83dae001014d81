/* store.pml: the store's protocol as a model for spin, with small bounds.
 *
 * A program writes to pages; a barrier freezes them; the writer copies what was
 * frozen, writes pages, map and directory, FLUSH, both superblocks, FLUSH. What
 * is replaced goes to deadlists, what a deletion gives back is held for two
 * generations; what a doomed generation wrote is free as soon as it is replaced,
 * once its superblock is certainly not on the disk. At any point the power is cut, the system starts again without a
 * cut, a flush fails, or one of the two rings is lost; a start takes the newest
 * superblock that it reads.
 *
 * What must hold, by assertions:
 *
 *   begun      The generation that comes back was begun, and is none older than
 *              the last one that was announced as durable or came back.
 *   exact      Its pages, and those of every generation that is kept with it,
 *              are exactly those at its barrier.
 *   whole      No block is written that a generation reaches which a superblock
 *              on the disk keeps.
 *   doomed     A generation whose flush failed is never announced; what was
 *              frozen for it is dirty again.
 *   free       What no kept generation reaches is free or held: no block leaks.
 *
 * How the model stands for the store. A block of metadata is the root of a heap
 * tree (H) or of the meta tree (M); what it says is kept by the number of the
 * generation that wrote it. What a block holds is one number, so the hash in an
 * entry is that number, and a verified read is a comparison. A write that no
 * flush made safe is lost at a cut: for all but superblocks that is the worst
 * case, for a wrong block never verifies. Superblocks are one sector: the old
 * or the new one, in each ring for itself. A write and its completion are one
 * step, for the writer waits for all before it flushes.
 *
 * With a name from ERRORS (run.sh) defined, the protocol has that error, and an
 * assertion must fail. */

#define PAGES 2
#define MOST 4 /* generations begun */
#define CUTS 2 /* of the power, or starts without a cut */
#ifndef FAILURES
#define FAILURES 1 /* flushes that fail, or (once) a ring that is lost */
#endif
#define BLOCKS 14
#define SLOTS 2   /* of each ring */

#define NOTHING 0
#define GARBAGE 255
#define GONE 254 /* a superblock that is written over with zeros */
#define ROOT_H 100
#define ROOT_M 120
#define BIT(b) (1 << (b))
#define AT(g, i) ((g) * PAGES + (i))
#define DIR(g, x) ((g) * (MOST + 1) + (x))

/* ---- The disk ---- */

byte safe[BLOCKS];   /* what survives */
byte unsafe[BLOCKS]; /* written, not flushed; NOTHING: not */
byte ring[2 * SLOTS], ring_unsafe[2 * SLOTS];
/* What a reader gets. */
#define SEEN(b) (unsafe[b] != NOTHING -> unsafe[b] : safe[b])
#define WRITTEN_RING(i) (ring_unsafe[i] == GONE -> NOTHING : ring_unsafe[i])
#define SEEN_RING(i) (ring_unsafe[i] != NOTHING -> WRITTEN_RING(i) : ring[i])

/* What the metadata of a generation says. */
byte map_block[(MOST + 1) * PAGES], map_hash[(MOST + 1) * PAGES];
byte root_h[MOST + 1], root_m[MOST + 1], number_of[MOST + 1];
byte said_kept[MOST + 1];
short said_used[MOST + 1];
short said_dead[(MOST + 1) * (MOST + 1)];
byte said_parent[(MOST + 1) * (MOST + 1)];

/* ---- Pages ---- */

mtype = { CLEAN, DIRTY, FROZEN, WRITTEN };
mtype state[PAGES];
bool closing[PAGES];    /* to be copied by the writer */
byte pre_image[PAGES];  /* of a closing page that is dirty again */
byte live[PAGES];

/* ---- The store in memory ---- */

mtype = { IDLE, COPYING, FIRST_SYNC, SUPERS, SECOND_SYNC, MENDING,
    REVOKING, REVOKE_SYNC };
mtype phase = IDLE;
byte pending, durable, last_number;
byte unsure; /* doomed, but its superblock may be on the disk */
byte current_h, current_m, current_block[PAGES], current_hash[PAGES];
byte birth[BLOCKS];
short used, held_new, held_old;
short dead;                /* of the generation under way */
byte kept;                 /* a bit a generation */
byte parent[MOST + 1];
short dead_of[MOST + 1];

/* ---- What is true, for the assertions ---- */

byte begun, announced, on_disk; /* on_disk: newest whose superblock may be */
byte frozen[(MOST + 1) * PAGES];
short heap_of[MOST + 1];   /* blocks that its pages and map take */
short reach[MOST + 1];     /* blocks that its superblock reaches */
byte cuts, failures;
bool pinned, lost_ring;

hidden byte i, b, g; /* only within a step */

/* ---- Blocks ---- */

inline give(block) {
    used = used & ~BIT(block);
#ifndef REUSE_AT_ONCE
    if
    :: birth[block] > durable && birth[block] < pending /* doomed */
    :: else -> held_new = held_new | BIT(block)
    fi
#endif
}

/* The block belongs to the generation before, or to a doomed one. */
inline replace(block) {
    if
    :: block != NOTHING && birth[block] > durable -> give(block)
    :: block != NOTHING && birth[block] <= durable -> dead = dead | BIT(block)
    :: block == NOTHING
    fi
}

/* The lowest free block, so that what is freed is soon used; block 0 stands for
 * none. */
inline take(block) {
    block = 1;
    do
    :: block < BLOCKS && ((used | held_new | held_old) & BIT(block)) -> block++
    :: else -> break
    od;
    if
    :: block == BLOCKS -> block = NOTHING
    :: else -> used = used | BIT(block); birth[block] = pending
    fi
}

inline write_block(block, bytes) {
    assert(!(BIT(block) & reach[announced])); /* whole */
    assert(!(BIT(block) & reach[on_disk]));
    unsafe[block] = bytes
}

/* ---- Flushes ---- */

inline flush() {
    for (i : 1 .. BLOCKS - 1) {
        if
        :: unsafe[i] != NOTHING -> safe[i] = unsafe[i]; unsafe[i] = NOTHING
        :: else
        fi
    }
    for (i : 0 .. 2 * SLOTS - 1) {
        if
        :: ring_unsafe[i] != NOTHING ->
            ring[i] = WRITTEN_RING(i); ring_unsafe[i] = NOTHING
        :: else
        fi
    }
}

/* What was not flushed is lost, or the old or new superblock. */
inline lose() {
    for (i : 1 .. BLOCKS - 1) {
        if
        :: unsafe[i] != NOTHING -> safe[i] = GARBAGE; unsafe[i] = NOTHING
        :: else
        fi
    }
    for (i : 0 .. 2 * SLOTS - 1) {
        if
        :: ring_unsafe[i] != NOTHING -> ring[i] = WRITTEN_RING(i)
        :: true
        fi;
        ring_unsafe[i] = NOTHING
    }
}

inline write_supers(which) {
    i = number_of[which] % SLOTS;
#ifndef ONE_RING
    ring_unsafe[i] = which;
#endif
    ring_unsafe[SLOTS + i] = which
}

inline revoke_supers() {
    i = number_of[unsure] % SLOTS;
    ring_unsafe[i] = GONE;
#ifndef REVOKE_ONE_RING
    ring_unsafe[SLOTS + i] = GONE
#endif
}

/* ---- The program and the barrier ---- */

/* All writes of a page between two barriers are one value. */
#define VALUE(i) (1 + begun * PAGES + (i))

inline write_page(p) {
    if
    :: closing[p] && state[p] == FROZEN ->
#ifdef NO_PRE_IMAGE
        pre_image[p] = VALUE(p)
#else
        pre_image[p] = live[p]
#endif
    :: else
    fi;
    state[p] = DIRTY;
    live[p] = VALUE(p)
}

inline barrier() {
    begun++;
    pending = begun;
    last_number++;
    number_of[pending] = last_number;
    for (i : 0 .. PAGES - 1) {
        frozen[AT(pending, i)] = live[i];
        closing[i] = (state[i] == DIRTY);
        if
        :: closing[i] -> state[i] = FROZEN
        :: else
        fi
    }
    phase = COPYING
}

/* ---- The end of a generation ---- */

inline end_pages(wanted) {
    for (i : 0 .. PAGES - 1) {
        if
        :: state[i] == FROZEN || state[i] == WRITTEN -> state[i] = wanted
        :: else
        fi;
        closing[i] = false;
        pre_image[i] = NOTHING
    }
}

inline doom() {
    kept = kept & ~BIT(pending);
#ifdef DOOMED_CLEAN
    end_pages(CLEAN);
#else
    end_pages(DIRTY);
#endif
#ifndef NO_REVOKE
    if
    :: phase == SECOND_SYNC -> unsure = pending
    :: else
    fi;
#endif
    pending = NOTHING;
    phase = (unsure == NOTHING -> IDLE : REVOKING)
}

/* Nothing can bring anything but the durable generation back: what else was
 * said is forgotten, so that fewer states differ. */
inline forget() {
    for (g : 1 .. MOST) {
        if
        :: g != durable ->
            said_kept[g] = 0; said_used[g] = 0; root_m[g] = 0; reach[g] = 0;
            for (i : 1 .. MOST) {
                said_dead[DIR(g, i)] = 0; said_parent[DIR(g, i)] = 0
            }
        :: else
        fi;
        if
        :: !(kept & BIT(g)) ->
            root_h[g] = 0; heap_of[g] = 0;
            parent[g] = 0; dead_of[g] = 0;
            for (i : 0 .. PAGES - 1) {
                frozen[AT(g, i)] = 0;
                map_block[AT(g, i)] = 0; map_hash[AT(g, i)] = 0
            }
        :: else
        fi
    }
    for (i : 1 .. BLOCKS - 1) {
        if
        :: !(used & BIT(i)) -> safe[i] = 0; birth[i] = 0
        :: else
        fi
    }
}

inline become_durable() {
    durable = pending;
    announced = pending;
    on_disk = pending;
    dead = 0;
    held_old = held_new; /* and what was old is free */
    held_new = 0;
    end_pages(CLEAN);
    forget();
    pending = NOTHING;
    phase = IDLE
}

/* ---- The writer ---- */

inline copy_page(p) {
    take(b);
    if
    :: b == NOTHING -> doom()
    :: else ->
        if
        :: state[p] == FROZEN -> current_hash[p] = live[p]; state[p] = WRITTEN
        :: else -> current_hash[p] = pre_image[p]
        fi;
        write_block(b, current_hash[p]);
        replace(current_block[p]);
        current_block[p] = b;
        closing[p] = false;
        pre_image[p] = NOTHING
    fi
}

/* Gives the generation g, whose child is `child`, back: of what the child does
 * not use, what was born after the parent; the rest the parent uses. */
inline delete(child) {
    for (i : 1 .. BLOCKS - 1) {
        if
#ifdef GIVE_SHARED
        :: (dead_of[child] & BIT(i)) ->
#else
        :: (dead_of[child] & BIT(i)) && birth[i] > parent[g] ->
#endif
            give(i);
            dead_of[child] = dead_of[child] & ~BIT(i)
        :: else
        fi
    }
    dead_of[child] = dead_of[child] | dead_of[g];
    dead_of[g] = 0;
    parent[child] = parent[g];
    kept = kept & ~BIT(g)
}

/* The two newest stay, and the first if it is pinned. */
inline retain() {
    if
    :: durable != NOTHING -> g = parent[durable]
    :: else -> g = NOTHING
    fi;
    if
    :: g != NOTHING && !(pinned && g == 1) -> delete(durable)
    :: else
    fi
}

inline describe() {
    said_kept[pending] = kept;
    said_used[pending] = used;
    root_h[pending] = current_h;
    root_m[pending] = current_m;
    reach[pending] = BIT(current_m);
    for (i : 1 .. MOST) {
        said_dead[DIR(pending, i)] = dead_of[i];
        said_parent[DIR(pending, i)] = parent[i];
        if
        :: kept & BIT(i) -> reach[pending] = reach[pending] | heap_of[i]
        :: else
        fi
    }
    /* free: used are only what is reached, and what a doomed one left. */
    assert(!(reach[pending] & ~used));
    assert(reach[pending] == used)
}

inline write_metadata() {
    take(b);
    if
    :: b == NOTHING -> doom()
    :: else ->
        write_block(b, ROOT_H + pending);
        replace(current_h);
        current_h = b;
        heap_of[pending] = BIT(b);
        for (i : 0 .. PAGES - 1) {
            map_block[AT(pending, i)] = current_block[i];
            map_hash[AT(pending, i)] = current_hash[i];
            if
            :: current_block[i] != NOTHING ->
                heap_of[pending] = heap_of[pending] | BIT(current_block[i])
            :: else
            fi
        }
        kept = kept | BIT(pending);
        parent[pending] = durable;
        dead_of[pending] = dead;
        retain();
        take(b);
        if
        :: b == NOTHING -> doom()
        :: else ->
            write_block(b, ROOT_M + pending);
            if
            :: current_m != NOTHING -> give(current_m)
            :: else
            fi;
            current_m = b;
            describe();
            phase = FIRST_SYNC
        fi
    fi
}

/* ---- Power off and on ---- */

inline verify(which) {
    assert(SEEN(root_h[which]) == ROOT_H + which);
    for (i : 0 .. PAGES - 1) {
        b = map_block[AT(which, i)];
        assert(map_hash[AT(which, i)] == frozen[AT(which, i)]); /* exact */
        assert(b == NOTHING || SEEN(b) == frozen[AT(which, i)]);
        assert(b != NOTHING || frozen[AT(which, i)] == NOTHING)
    }
}

inline restore() {
    durable = NOTHING;
    last_number = 0;
    for (i : 0 .. 2 * SLOTS - 1) {
        if
        :: SEEN_RING(i) > durable -> durable = SEEN_RING(i)
        :: else
        fi;
        if
        :: number_of[SEEN_RING(i)] > last_number ->
            last_number = number_of[SEEN_RING(i)]
        :: else
        fi
    }
    assert(durable >= announced && durable <= begun); /* begun */
    on_disk = durable;
    kept = said_kept[durable];
    used = said_used[durable];
    current_h = root_h[durable];
    current_m = root_m[durable];
    held_new = 0;
    held_old = 0;
    dead = 0;
    pending = NOTHING;
    unsure = NOTHING;
    assert(durable == NOTHING || SEEN(current_m) == ROOT_M + durable);
    for (g : 1 .. MOST) {
        dead_of[g] = said_dead[DIR(durable, g)];
        parent[g] = said_parent[DIR(durable, g)];
        if
        :: kept & BIT(g) -> verify(g)
        :: else
        fi
    }
    for (i : 0 .. PAGES - 1) {
        state[i] = CLEAN;
        closing[i] = false;
        pre_image[i] = NOTHING;
        live[i] = frozen[AT(durable, i)];
        current_block[i] = map_block[AT(durable, i)];
        current_hash[i] = map_hash[AT(durable, i)]
    }
    phase = MENDING
}

/* ---- Everything that can happen ---- */

active proctype world() {
end:
    do
    /* The program */
    :: d_step { phase != MENDING && live[0] != VALUE(0) -> write_page(0) }
    :: d_step { phase != MENDING && live[1] != VALUE(1) -> write_page(1) }
    :: d_step { !pinned && (kept & BIT(1)) && durable == 1 && phase == IDLE ->
           pinned = true }
    /* The writer */
    :: d_step { phase == IDLE && begun < MOST &&
           (state[0] == DIRTY || state[1] == DIRTY) -> barrier() }
    :: d_step { phase == COPYING && closing[0] -> copy_page(0) }
    :: d_step { phase == COPYING && !closing[0] && closing[1] ->
           copy_page(1) }
    :: d_step { phase == COPYING && !closing[0] && !closing[1] ->
           write_metadata() }
    :: d_step { phase == FIRST_SYNC ->
#ifndef NO_FIRST_FLUSH
           flush();
#endif
           phase = SUPERS }
    :: d_step { phase == SUPERS ->
           write_supers(pending);
           on_disk = pending;
           phase = SECOND_SYNC }
    :: d_step { phase == SECOND_SYNC ->
#ifndef NO_SECOND_FLUSH
           flush();
#endif
           become_durable() }
    :: d_step { phase == REVOKING ->
           revoke_supers();
           phase = REVOKE_SYNC }
    :: d_step { phase == REVOKE_SYNC ->
#ifndef REVOKE_UNFLUSHED
           flush();
#endif
           on_disk = durable;
           unsure = NOTHING;
           phase = IDLE }
    /* A superblock may be in one ring only, or not safe; whoever sees its
     * generation come back wants it to stay. With none there is a flush all the
     * same: the mark on a blank disk is written again. */
    :: d_step { phase == MENDING ->
#ifdef MEND_IF_ALONE
           i = number_of[durable] % SLOTS;
           if
           :: SEEN_RING(i) != SEEN_RING(SLOTS + i) ->
               write_supers(durable); flush()
           :: else
           fi;
#else
#ifndef NO_MEND
           write_supers(durable);
           flush();
#endif
#endif
           announced = durable;
           forget();
           phase = IDLE }
    /* What goes wrong */
    :: atomic { failures < FAILURES &&
           (phase == FIRST_SYNC || phase == SECOND_SYNC || phase == MENDING ||
            phase == REVOKE_SYNC) ->
           failures++;
           lose();
           if
           :: phase == MENDING -> skip /* again */
#ifdef FLUSH_ERROR_IGNORED
           :: phase == FIRST_SYNC -> phase = SUPERS
           :: phase == SECOND_SYNC -> become_durable()
#else
           :: else -> doom() /* or revoke again */
#endif
           fi
       }
    :: atomic { !lost_ring && failures < FAILURES && announced > 0 ->
           lost_ring = true;
           failures++;
           if
           :: i = 0
           :: i = SLOTS
           fi;
           b = i;
           for (i : b .. b + SLOTS - 1) { ring[i] = NOTHING } }
    :: atomic { cuts < CUTS -> cuts++; lose(); restore() }
    :: d_step { cuts < CUTS -> cuts++; restore() }
    od
}
