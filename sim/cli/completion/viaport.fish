# Completion of viaport for fish. The program itself says what may stand at the end of a line.

function __viaport_candidates
    set -l words (commandline -opc) (commandline -ct)
    set -l prefix (string match -r '^--[^=]*=' -- $words[-1])
    set -l piece (string replace -r '^--[^=]*=' '' -- $words[-1])
    for line in ($words[1] completion --candidates -- $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                printf "$prefix%s\n" (__fish_complete_path $piece)
            case :folders
                printf "$prefix%s\n" (__fish_complete_directories $piece '')
            case :scenarios
                __fish_complete_suffix .yaml
            case '*'
                echo $line
        end
    end
end

complete -c viaport -f -a '(__viaport_candidates)'
