curl -X POST '{{url}}/clients/v1/organization-admin/members/create' \
  -H 'Client-ID: id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E' \
  -H 'Client-Secret: sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY' \
  -H 'Content-Type: application/json' \
  -d '{
    "first_name": "JB",
    "last_name": "Benedicto",
    "email": "jb+8@ardata.tech",
    "password": "StrongPass123!",
    "confirm_password": "StrongPass123!",
    "role": "organization_user"
  }'
