module modelheist

go 1.26
