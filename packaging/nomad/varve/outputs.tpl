[[- if eq (var "mode" .) "server" ]]
The address that signs you in, once:

  nomad alloc logs -namespace [[ var "namespace" . ]] -job [[ var "job_name" . ]] | grep 'sign in'
[[- else ]]
One run now, to see it:

  nomad job periodic force -namespace [[ var "namespace" . ]] [[ var "job_name" . ]]
[[- end ]]
