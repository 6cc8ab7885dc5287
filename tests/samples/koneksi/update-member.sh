curl -X PUT '{{url}}/clients/v1/organization-admin/members/{user}/update' \
  -H 'Client-ID: id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E' \
  -H 'Client-Secret: sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY' \
  -H 'Content-Type: application/json' \
  -d '{
    "first_name": "Alexander Paul",
    "middle_name": "Puno",
    "last_name": "Quinit",
    "email": "jb+3@ardata.tech",
    "password": "StrongPass123!",
    "is_verified": true,
    "is_locked": false,
    "is_deleted": false
  }'
