-- The peer of micro.rev in Lua 5.4: the same twelve programs.
-- Says "micro NAME RESULT NANOSECONDS" (of processor time) for each time.

local function fib(n)
    if n < 2 then return n end
    return fib(n - 1) + fib(n - 2)
end

local function loop(n)
    local x = 1
    for i = 0, n - 1 do x = ((x ~ i) * 2 + (i >> 3)) & 0x7FFFFFFF end
    return x
end

local function sieve(n)
    local composite, count = {}, 0
    for i = 1, n do composite[i] = false end
    for i = 2, n do
        if not composite[i] then
            count = count + 1
            for j = i * 2, n, i do composite[j] = true end
        end
    end
    return count
end

local function fannkuch(n)
    local p, q, counts = {}, {}, {}
    local most, check, r, even = 0, 0, n, true
    for i = 1, n do p[i] = i end
    while true do
        while r > 1 do
            counts[r] = r
            r = r - 1
        end
        local flips = 0
        for i = 1, n do q[i] = p[i] end
        local first = q[1]
        while first ~= 1 do
            local low, high = 1, first
            while low < high do
                q[low], q[high] = q[high], q[low]
                low = low + 1
                high = high - 1
            end
            flips = flips + 1
            first = q[1]
        end
        if flips > most then most = flips end
        check = check + (even and flips or -flips)
        even = not even
        while true do
            if r == n then return check * 100 + most end
            local p0 = p[1]
            for i = 1, r do p[i] = p[i + 1] end
            p[r + 1] = p0
            counts[r + 1] = counts[r + 1] - 1
            if counts[r + 1] > 0 then break end
            r = r + 1
        end
    end
end

local function body(x, y, z, vx, vy, vz, mass)
    return { x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass }
end

local function bodies()
    return {
        body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47841760435743),
        body(4.84143144246472, -1.16032004402743, -0.10362204447112,
            0.60632639299583, 2.81198684491626, -0.02521836165988, 0.03769367487039),
        body(8.34336671824458, 4.1247985641243, -0.40352341711432,
            -1.01077434617879, 1.82566237123041, 0.00841576137658, 0.01128632613197),
        body(12.89436956213913, -15.11115140169863, -0.22330757889266,
            1.08279100644154, 0.86871301816960, -0.01083263740137, 0.00172372405706),
        body(15.37969711485092, -25.91931460998796, 0.17925877295037,
            0.97909073224390, 0.59469899864767, -0.03475595555499, 0.00203368686992),
    }
end

local function advance(list, dt)
    for i = 1, 5 do
        local a = list[i]
        for j = i + 1, 5 do
            local b = list[j]
            local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            local square = dx * dx + dy * dy + dz * dz
            local pull = dt / (square * math.sqrt(square))
            a.vx = a.vx - dx * b.mass * pull
            a.vy = a.vy - dy * b.mass * pull
            a.vz = a.vz - dz * b.mass * pull
            b.vx = b.vx + dx * a.mass * pull
            b.vy = b.vy + dy * a.mass * pull
            b.vz = b.vz + dz * a.mass * pull
        end
    end
    for i = 1, 5 do
        local a = list[i]
        a.x = a.x + dt * a.vx
        a.y = a.y + dt * a.vy
        a.z = a.z + dt * a.vz
    end
end

local function nbody(steps)
    local list = bodies()
    for _ = 1, steps do advance(list, 0.01) end
    return math.tointeger(((list[1].x + list[2].y + list[5].z) * 1000000.0) // 1)
end

local function element(i, j)
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
end

local function times(n, v, to, turned)
    for i = 0, n - 1 do
        local sum = 0.0
        for j = 0, n - 1 do
            sum = sum + v[j + 1] * (turned and element(j, i) or element(i, j))
        end
        to[i + 1] = sum
    end
end

local function spectral(n)
    local u, v, t = {}, {}, {}
    for i = 1, n do u[i] = 1.0 end
    for _ = 1, 10 do
        times(n, u, t, false)
        times(n, t, v, true)
        times(n, v, t, false)
        times(n, t, u, true)
    end
    local uv, vv = 0.0, 0.0
    for i = 1, n do
        uv = uv + u[i] * v[i]
        vv = vv + v[i] * v[i]
    end
    return math.tointeger((math.sqrt(uv / vv) * 1000000000.0) // 1)
end

local function matrix(n, seed)
    local rows = {}
    for i = 0, n - 1 do
        local row = {}
        for j = 0, n - 1 do row[j + 1] = (i * seed + j) % 17 + 0.0 end
        rows[i + 1] = row
    end
    return rows
end

local function matmul(n)
    local a, b, trace = matrix(n, 3), matrix(n, 5), 0.0
    for i = 1, n do
        local row, out = a[i], {}
        for j = 1, n do out[j] = 0.0 end
        for k = 1, n do
            local factor, from = row[k], b[k]
            for j = 1, n do out[j] = out[j] + factor * from[j] end
        end
        trace = trace + out[i]
    end
    return math.tointeger(trace)
end

local function grow(depth)
    if depth == 0 then return {} end
    return { grow(depth - 1), grow(depth - 1) }
end

local function count(tree)
    if not tree[1] then return 1 end
    return 1 + count(tree[1]) + count(tree[2])
end

local function bintrees(depth)
    local lasting, sum = grow(depth), 0
    for d = 4, depth, 2 do
        for _ = 1, 1 << (depth - d) do sum = sum + count(grow(d)) end
    end
    return sum + count(lasting)
end

local function list(n)
    local first
    for i = 0, n - 1 do first = { value = i & 1023, next = first } end
    local sum, at = 0, first
    while at do
        sum = sum + at.value
        at = at.next
    end
    return sum
end

local function class(area)
    local methods = { area = area }
    methods.__index = methods
    return setmetatable({}, methods)
end

local function dispatch(n)
    local shapes = {
        class(function(_, m) return m * m & 0xFF end),
        class(function(_, m) return m & 1 end),
        class(function(_, m) return m * 3 & 0x7F end),
        class(function(_, m) return m ~ (5 & 0xF) end),
    }
    local sum = 0
    for i = 0, n - 1 do
        sum = sum + shapes[((i * 7 >> 2) & 3) + 1]:area(i & 0xFFFF)
    end
    return sum
end

local function strcat(n)
    local parts = {}
    for i = 0, n - 1 do parts[i + 1] = tostring(i) end
    local text, hash = table.concat(parts), 7
    for i = 1, #text do hash = (hash * 31 + text:byte(i)) & 0x7FFFFFFF end
    return hash
end

local function hashmap(n)
    local map, size, key, found = {}, 0, 1, 0
    for i = 0, n - 1 do
        key = (key * 1103515245 + 12345) & 0x7FFFFFFF
        local short = key >> 15
        local old = map[short]
        if old == nil then
            map[short] = i
            size = size + 1
        else
            found = found + (old & 7)
        end
    end
    return found + size
end

local programs = {
    { "fib", fib, 32 }, { "loop", loop, 50000000 }, { "sieve", sieve, 2000000 },
    { "nbody", nbody, 200000 }, { "spectral", spectral, 300 },
    { "fannkuch", fannkuch, 9 }, { "bintrees", bintrees, 14 },
    { "strcat", strcat, 500000 }, { "hashmap", hashmap, 3000000 },
    { "dispatch", dispatch, 10000000 }, { "matmul", matmul, 200 },
    { "list", list, 2000000 },
}
for _, each in ipairs(programs) do
    for _ = 1, tonumber(arg[1] or 4) do
        local begun = os.clock()
        local result = each[2](each[3])
        print(("micro %s %d %d"):format(each[1], result, (os.clock() - begun) * 1e9 // 1))
    end
end
