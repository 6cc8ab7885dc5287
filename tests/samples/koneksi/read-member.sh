curl -X GET '{{url}}/clients/v1/organization-admin/members/{user}/read' \
  -H 'Client-ID: id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E' \
  -H 'Client-Secret: sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY'
