#!/bin/bash
# The second reader agrees with rvdisk on every image that the tests before this
# one have left in build/runs, sound or damaged. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/images}
mkdir -p "$out"
. tests/reader/agree.sh

# A superblock is in one of the first 64 blocks.
is_image() {
    head -c 262144 "$1" | grep -obUa REVENANT |
        awk -F: '$1 % 4096 == 0 { found = 1 } END { exit !found }'
}

while read -r image; do
    is_image "$image" || continue
    agree_on "$image" "$image"
done < <(find build/runs -type f -size +4095k | sort)
[ $passed != 0 ]
verdict "there are images" $?
echo "$passed passed, $failed failed"
[ $failed = 0 ]
