curl -X GET '{{url}}/clients/v1/organization-admin/members/list?page=1&limit=10' \
  -H 'Client-ID: id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E' \
  -H 'Client-Secret: sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY'
